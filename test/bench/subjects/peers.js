import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('../peers', import.meta.url));
const INSTALL_LIMIT_MS = 180_000;

/** Installs the other projects' servers, in the versions of the lock file, unless they are there. Rejects without a network. */
export async function installPeers(say) {
  if (await installed()) return;
  say('installing the peers');
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    timeout: INSTALL_LIMIT_MS,
  });
}

/** Whether what npm says that it has installed is what the lock file names. */
async function installed() {
  const read = async (name) => JSON.parse(await readFile(`${FOLDER}/${name}`, 'utf8')).packages;
  try {
    const [wanted, present] = await Promise.all(['package-lock.json', 'node_modules/.package-lock.json'].map(read));
    return Object.entries(present).every(([path, { version }]) => wanted[path]?.version === version);
  } catch {
    return false;
  }
}

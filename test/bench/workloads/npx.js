import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { timeToAnswer } from '../measure/stopwatch.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PACK_LIMIT_MS = 60_000;

/**
 * What someone waits for who starts the package for the first time: `npx` of the packed tarball with an empty cache,
 * until `stdio` has answered. Seconds, the packages that were installed, and the bytes of the tarball and of the installation.
 */
export async function measureNpx() {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-calc-npx-'));
  const cache = join(folder, 'cache');
  const env = {
    npm_config_cache: cache,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  };
  try {
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const { stdout } = await promisify(execFile)('npm', pack, { cwd: ROOT, timeout: PACK_LIMIT_MS });
    const tarball = join(folder, JSON.parse(stdout)[0].filename);
    const ms = await timeToAnswer(['npx', '-y', '-p', tarball, 'mcp-calc', 'stdio'], { env, cwd: folder });
    const warmMs = await timeToAnswer(['npx', '-y', '-p', tarball, 'mcp-calc', 'stdio'], { env, cwd: folder });
    const installed = await installedIn(join(cache, '_npx'));
    return { seconds: ms / 1000, againSeconds: warmMs / 1000, tarballBytes: (await stat(tarball)).size, ...installed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function installedIn(folder) {
  const paths = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = paths
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const lock = files.find(
    (path) => path.endsWith(join('node_modules', '.package-lock.json')) && dirname(dirname(dirname(path))) === folder,
  );
  const packages = Object.keys(JSON.parse(await readFile(lock, 'utf8')).packages).length;
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  return { packages, installedBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

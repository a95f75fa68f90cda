import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
/** How long npm may take, ms. */
export const INSTALL_LIMIT_MS = 110_000;
/** How long an example may take to listen, ms. */
const START_MS = 20_000;

/**
 * An example as somebody has it who copied its folder and installed the packed package, with what else its manifest asks for. Resolves
 * to the folder, which whoever calls removes by {@link removeExample}.
 */
export async function installExample(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `mcp-calc-${name}-`));
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', packing, { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  cpSync(join(ROOT, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('file:../..', `file:./${filename}`));
  await run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    timeout: INSTALL_LIMIT_MS,
  });
  return folder;
}

export function removeExample(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export interface RunningExample {
  readonly url: URL;
  /** All that it has written. */
  output(): string;
  stop(): Promise<void>;
}

/** Runs a script of the example by npm, or what comes after `exec`; resolves when it has said at which address it listens: of MCP, unless another is looked for. */
export async function startExample(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
  address = /http:\/\/[\w.:]+\/mcp\b/,
): Promise<RunningExample> {
  const child = spawn('npm', args[0] === 'exec' ? args : ['run', ...args], {
    cwd: folder,
    env: { ...process.env, LOG_FORMAT: 'json', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm starts others: they end together.
    detached: true,
  });
  let output = '';
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    process.kill(-Number(child.pid), 'SIGKILL');
    await ended;
  };
  const url = await new Promise<URL>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`npm run ${args.join(' ')} ${why}:\n${output}`));
    const timer = setTimeout(() => fail('did not listen in time'), START_MS);
    const take = (chunk: string) => {
      output += chunk;
      const found = address.exec(output)?.[0];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(new URL(found));
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('exit', (code) => fail(`ended with ${code}`));
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, output: () => output, stop };
}

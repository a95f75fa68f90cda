import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './redis-process.js';

const FOLDER = fileURLToPath(new URL('runtimes', import.meta.url));
const FETCH_BUNDLE = fileURLToPath(new URL('../../dist/fetch.js', import.meta.url));
/** How long a runtime may take to answer, its download included, ms; and how often it is asked. */
const START_LIMIT_MS = 180_000;
const LOOK_MS = 50;
/** Characters of a runtime's output that are kept to explain why it did not start. */
const KEPT_OUTPUT = 2_000;

/** The runtimes that npm ships, and how each runs the bundled program in `folder`, which prints where it listens or is told the port. */
const RUNTIMES = {
  bun: { package: 'bun@1.4.5', command: () => ['bun', 'run', 'program.js'] },
  deno: {
    package: 'deno@2.9.6',
    command: () => ['deno', 'run', '--no-config', '--no-prompt', '--allow-net=127.0.0.1', 'program.js'],
  },
  workerd: {
    package: 'workerd@1.20261117.1',
    command: (port) => ['workerd', 'serve', 'config.capnp', `--socket-addr=http=127.0.0.1:${port}`],
  },
};

const WORKERD_CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .fixture) ],
  sockets = [ (name = "http", http = (), service = "main") ]
);
const fixture :Workerd.Worker = (
  modules = [ (name = "program.js", esModule = embed "program.js") ],
  compatibilityDate = "2026-01-01"
);
`;

/**
 * Serves the fixture with the fetch handler in another runtime than Node. Rejects with what the runtime says, where it does not start.
 * @param {keyof typeof RUNTIMES} name
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startRuntime(name) {
  const folder = await mkdtemp(join(tmpdir(), `mcp-calc-conformance-${name}-`));
  await build({
    entryPoints: [join(FOLDER, `${name}.js`)],
    outfile: join(folder, 'program.js'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
    // What is built, and nothing of Node: the fixture is written for the main entry.
    alias: {
      'mcp-calc/fetch': FETCH_BUNDLE,
      'mcp-calc': FETCH_BUNDLE,
      'node:timers/promises': join(FOLDER, 'delay.js'),
    },
  });
  await writeFile(join(folder, 'config.capnp'), WORKERD_CONFIG);
  const { package: spec, command } = RUNTIMES[name];
  const port = await freePort();
  // A process group of its own: ending npx alone would leave the runtime running.
  const child = spawn('npx', ['-y', '-p', spec, ...command(port)], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const end = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  const close = async () => {
    process.off('exit', end);
    end();
    await ended;
  };
  try {
    return { url: `${await origin(child, `http://127.0.0.1:${port}`)}/mcp`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where it listens: the address that it prints, or the one that was given, as soon as that answers. */
async function origin(child, given) {
  let output = '';
  let found = given;
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output = `${output}${line}\n`.slice(-KEPT_OUTPUT);
      if (/^http:\/\/127\.0\.0\.1:\d+$/.test(line)) found = line;
    });
  }
  let failed;
  child.once('error', (error) => (failed = error));
  for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit; ) {
    if (await globalThis.fetch(`${found}/mcp`).catch(() => undefined)) return found;
    if (failed || child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`The runtime does not answer:\n${failed ?? output}`);
}

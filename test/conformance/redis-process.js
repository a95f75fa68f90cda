import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How long Redis may take to start, ms. */
const START_LIMIT_MS = 10_000;

/**
 * Starts a Redis of its own on a free port, with nothing in it.
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-calc-conformance-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const child = await started('redis-server', args)
    .catch(() => started('valkey-server', args))
    .catch(() => undefined);
  if (child === undefined) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error('It needs redis-server or valkey-server on the PATH');
  }
  const end = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      process.off('exit', end);
      const ended = once(child, 'exit');
      end();
      await ended;
    },
  };
}

async function started(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child, 'spawn');
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${program} did not start`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('Ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  return child;
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

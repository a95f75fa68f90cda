import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, listening, startProcess } from './process.js';

/** The name of the Redis on the PATH, or undefined. */
export function findRedis() {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
}

/** Starts a Redis of its own that keeps nothing on disk. It shares the load's core: the node's is for the node. */
export async function startRedis(core) {
  const program = findRedis();
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'mcp-calc-bench-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const running = startProcess([program, ...args], { core });
  const stop = async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(running, port, program);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}

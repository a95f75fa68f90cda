import { join } from 'node:path';
import { describe, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { childrenOf, endedWithin } from '../helpers/processes.js';
import { callOf, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const TROUBLE = join(import.meta.dirname, '../fixtures/trouble.js');
/** In which a worker that stands still is noticed (ten beats of a second), killed and replaced, ms. */
const REPLACED_MS = 20_000;
/** In which a worker sees that its primary is gone; most of it for a machine that is busy with other tests, ms. */
const ENDED_MS = 3_000;

const start = (workers: number) =>
  spawnServer(['http', '--stateless', '--workers', String(workers), '--server', TROUBLE]);
const workersOf = ({ child }: SpawnedServer) => childrenOf(Number(child.pid));
/** Resolves when nobody answers any more. */
const standingStill = async ({ origin }: SpawnedServer) => {
  post(`${origin}/mcp`, callOf('stand')).catch(() => undefined);
  await eventually(async () => {
    const answered = await fetch(`${origin}/livez`, { signal: AbortSignal.timeout(500) }).catch(() => undefined);
    if (answered) throw new Error('A worker still answers');
  });
};

describe.concurrent('a worker whose event loop stands still', () => {
  test(
    'is replaced',
    async ({ expect }) => {
      const server = await start(2);
      try {
        const before = await eventually(() => {
          const pids = workersOf(server);
          expect(pids).toHaveLength(2);
          return pids;
        });
        const cut = post(`${server.origin}/mcp`, callOf('stand'));
        await expect(cut).rejects.toThrow();
        await eventually(() => {
          expect(workersOf(server)).toHaveLength(2);
          expect(workersOf(server)).not.toEqual(before);
        });
        expect(server.log.filter((line) => line.includes('stands still'))).toHaveLength(1);
        expect((await post(`${server.origin}/mcp`, request('ping'))).status).toBe(200);
      } finally {
        expect(await server.stop()).toBe(0);
      }
    },
    2 * REPLACED_MS,
  );

  test('ends when its primary is killed', async ({ expect, onTestFinished }) => {
    const server = await start(2);
    onTestFinished(() => void server.child.kill('SIGKILL'));
    const workers = await eventually(() => {
      const pids = workersOf(server);
      expect(pids).toHaveLength(2);
      return pids;
    });
    await post(`${server.origin}/mcp`, request('ping'));
    post(`${server.origin}/mcp`, callOf('stand')).catch(() => undefined);
    await standingStill(server);
    await server.stop('SIGKILL');
    await endedWithin(workers, ENDED_MS);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const SESSIONS = 5_000;
/** Enough for the code to be compiled and the heap to have its size before anything is measured. */
const WARM_UP = 2_000;
const AT_ONCE = 20;
const BYTES_PER_SESSION = 4_096;

describe('sessions that are opened and left alone', () => {
  let server: SpawnedServer;

  beforeAll(async () => {
    server = await spawnServer(['http', '--stateful', '--session-ttl', '15s']);
  });

  afterAll(() => server.stop());

  const health = async () =>
    (await (await fetch(`${server.origin}/health/detailed`)).json()) as { memory: { rss: number }; sessions: { open: number } };

  async function open(count: number): Promise<void> {
    let left = count;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        const response = await post(`${server.origin}/mcp`, request('initialize', { protocolVersion: '2025-11-25' }));
        await response.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  test(`cost less than ${BYTES_PER_SESSION} bytes of resident memory each, and are gone after their TTL`, async () => {
    await open(WARM_UP);
    const before = await health();
    await open(SESSIONS);
    const after = await health();
    expect(after.sessions.open).toBeGreaterThanOrEqual(SESSIONS);
    expect((after.memory.rss - before.memory.rss) / SESSIONS).toBeLessThan(BYTES_PER_SESSION);
    await eventually(async () => expect((await health()).sessions.open).toBe(0), 25_000);
  }, 60_000);
});

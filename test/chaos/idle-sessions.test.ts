import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

/**
 * Sessions that are open before anything is measured, and between the two measurements. The slope is what a session costs: what
 * the program takes once for all is in both measurements, and the young generation, which differs from Node to Node, has its size.
 */
const BEFORE = 10_000;
const BETWEEN = 20_000;
/** Divides the numbers above. */
const AT_ONCE = 10;
const BYTES_PER_SESSION = 4_096;

describe('sessions that are opened and left alone', () => {
  let server: SpawnedServer | undefined;

  afterEach(() => server?.stop());

  const health = async () =>
    (await (await fetch(`${server?.origin}/health/detailed`)).json()) as {
      memory: { rss: number };
      sessions: { open: number };
    };

  /** Opens this many sessions on one connection, some at a time: a client that takes less of the machine than the server. */
  async function open(count: number): Promise<void> {
    const body = JSON.stringify(request('initialize', { protocolVersion: '2025-11-25' }));
    const headers = `Host: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const socket = connect(Number(server?.port), '127.0.0.1').setEncoding('latin1');
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      socket.write(`POST /mcp HTTP/1.1\r\n${headers}\r\n\r\n${body}`.repeat(AT_ONCE));
      let answers = '';
      while (answers.split('"serverInfo"').length <= AT_ONCE) answers += String((await once(socket, 'data'))[0]);
    }
    socket.destroy();
  }

  test(`cost less than ${BYTES_PER_SESSION} bytes of resident memory each`, async () => {
    server = await spawnServer(['http', '--stateful']);
    await open(BEFORE);
    const before = await health();
    await open(BETWEEN);
    const after = await health();
    expect(after.sessions.open).toBe(BEFORE + BETWEEN);
    expect((after.memory.rss - before.memory.rss) / BETWEEN).toBeLessThan(BYTES_PER_SESSION);
  }, 60_000);

  test('are gone after their TTL', async () => {
    server = await spawnServer(['http', '--stateful', '--session-ttl', '1s']);
    await open(100);
    expect((await health()).sessions.open).toBeGreaterThan(0);
    await eventually(async () => expect((await health()).sessions.open).toBe(0), 10_000);
  });
});

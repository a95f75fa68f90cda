import { describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnsPerTest } from '../helpers/servers.js';
import { startIssuer } from '../security/helpers/issuer.js';
import { longestWait } from '../security/helpers/probe.js';

/** What no request may keep another waiting for, ms. */
const WAIT_MS = 100;

const start = spawnsPerTest();

const calls = (count: number) =>
  Array.from({ length: count }, (_, id) => callOf('calculate', { a: id, b: 1, op: 'add' }, id));
describe('the rate limit of a batch', () => {
  const batches = { 'MCP-Protocol-Version': '2025-03-26' };
  const limit = ['--rate-limit-max', '10'];

  test.each([[['http', '--stateless']], [['http', '--stateful']]])('is that of its requests: %s', async (args) => {
    const server = await start([...args, ...limit]);
    const url = `${server.origin}/mcp`;
    const session = args.includes('--stateful') ? await openSession(url, { version: '2025-03-26' }) : batches;
    const taken = await post(url, calls(6), session);
    expect([taken.status, ((await taken.json()) as unknown[]).length]).toEqual([200, 6]);
    expect(taken.headers.get('ratelimit-remaining')).toBe(args.includes('--stateful') ? '3' : '4');
    const refused = await post(url, calls(6), session);
    expect([refused.status, refused.headers.get('ratelimit-remaining')]).toEqual([429, '0']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: -32000 }, id: null });
    // What is refused counts as well: the window is spent.
    expect((await post(url, request('ping'), session)).status).toBe(429);
  });

  test('is that of its requests over the legacy transport too', async () => {
    const server = await start(['sse', ...limit]);
    const stream = await fetch(`${server.origin}/sse`);
    const events = new EventReader(stream);
    const messages = `${server.origin}${(await events.next())?.data}`;
    const introduced = request('initialize', {
      protocolVersion: '2025-03-26',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    });
    expect((await post(messages, introduced)).status).toBe(202);
    expect(await events.message()).toMatchObject({ result: { protocolVersion: '2025-03-26' } });
    expect((await post(messages, calls(6))).status).toBe(202);
    expect(await events.message()).toHaveLength(6);
    expect((await post(messages, calls(6))).status).toBe(429);
    await events.close();
  });

  test('is that of its requests for who signed in, from whatever address', async () => {
    const issuer = await startIssuer();
    const trusted = ['--trust-proxy', 'loopback'];
    const server = await start(['http', '--stateless', ...issuer.args, ...limit, ...trusted], issuer.env);
    const headers = { ...batches, ...issuer.as('ann') };
    const from = (address: string) => ({ ...headers, 'X-Forwarded-For': address });
    expect((await post(`${server.origin}/mcp`, calls(6), from('203.0.113.1'))).status).toBe(200);
    expect((await post(`${server.origin}/mcp`, calls(6), from('203.0.113.2'))).status).toBe(429);
    await issuer.close();
  });
});

describe('a batch of slow calls', () => {
  const slow = Array.from({ length: 10 }, (_, id) =>
    callOf('evaluate', { expression: Array(19).fill('acos(.3)').join('+') }, id),
  );
  const inTime = async (server: SpawnedServer, url: string, headers: Record<string, string>) => {
    let answers: unknown;
    const waited = await longestWait(
      server,
      async () => (answers = await (await post(url, slow, { ...headers, Accept: 'application/json' })).json()),
    );
    expect(answers).toHaveLength(slow.length);
    return waited;
  };

  test.each([['--stateless'], ['--stateful']])(
    'keeps nobody else waiting: %s',
    async (mode) => {
      const server = await start(['http', mode]);
      const url = `${server.origin}/mcp`;
      const version = '2025-03-26';
      const headers = mode === '--stateful' ? await openSession(url, { version }) : { 'MCP-Protocol-Version': version };
      // The first time, nothing is compiled yet.
      await post(url, slow.slice(0, 2), { ...headers, Accept: 'application/json' });
      expect(await inTime(server, url, headers)).toBeLessThan(WAIT_MS);
      // Nor do several at once.
      const together = [1, 2, 3].map(() => inTime(server, url, headers));
      expect(Math.max(...(await Promise.all(together)))).toBeLessThan(WAIT_MS);
    },
    60_000,
  );
});

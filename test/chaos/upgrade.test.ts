import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawClient } from '../auth/helpers/client.js';
import { anyNodeScenarios } from '../e2e/any-node-scenarios.js';
import { EventReader } from '../helpers/event-reader.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { startRoundRobinProxy } from '../helpers/round-robin-proxy.js';
import { openSession, post, request } from '../helpers/rpc.js';
import { binary } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

/**
 * `bin/mcp-calc.js` of a built 1.0.0 (commit 7fd4c3c): `git worktree add`, then `npm ci` there. Without it there is nothing that
 * could serve beside this build, and these tests are skipped.
 */
const OLD = process.env.MCP_CALC_1_0_0;
const FEW = 10;
const running: SpawnedServer[] = [];

async function start(program: string, ...args: string[]): Promise<SpawnedServer> {
  const server = await spawnServer(args, {}, { program });
  running.push(server);
  return server;
}
const nodeOf = (program: string, redis: RedisServer, ...args: string[]) =>
  start(program, 'http', '--stateful', '--sse', '--redis', redis.url, ...args);

describe.skipIf(OLD === undefined)('nodes of 1.0.0 and of this build on one Redis', () => {
  const old = String(OLD);
  let redis: RedisServer;
  beforeAll(async () => void (redis = await startRedis()));
  afterAll(async () => {
    await Promise.all(running.map((server) => server.stop('SIGKILL')));
    await redis.stop();
  });

  describe.each([
    ['this one between two of 1.0.0', [old, binary, old]],
    ['1.0.0 between two of this one', [binary, old, binary]],
  ])('%s', (_which, programs) => {
    anyNodeScenarios(async () => {
      const servers = await Promise.all(programs.map((program) => nodeOf(program, redis)));
      return { servers, close: async () => void (await Promise.all(servers.map((server) => server.stop()))) };
    });
  });

  describe.each([
    ['1.0.0', 'this one', old, binary],
    ['this one', '1.0.0', binary, old],
  ])('with %s and %s', (_first, _second, first, second) => {
    const pair = async (...args: string[]): Promise<[SpawnedServer, SpawnedServer]> =>
      Promise.all([nodeOf(first, redis, ...args), nodeOf(second, redis, ...args)]);

    test('a call of the first that is killed is ended by the second, for whoever resumes it', async () => {
      const [here, there] = await pair();
      const session = await openSession(`${here.origin}/mcp`);
      const call = request('tools/call', {
        name: 'demo_progress',
        arguments: { steps: 20 },
        _meta: { progressToken: 't' },
      });
      const reader = new EventReader(await post(`${here.origin}/mcp`, call, session));
      const { id } = (await reader.next()) ?? {};
      await reader.next();
      await here.stop('SIGKILL');
      const headers = { ...session, Accept: 'text/event-stream', 'Last-Event-ID': String(id) };
      const resumed = new EventReader(await fetch(`${there.origin}/mcp`, { headers }));
      const events = await resumed.rest();
      expect(JSON.parse(String(events.at(-1)?.data))).toMatchObject({ id: call.id, error: { code: -32603 } });
      await there.stop();
    });

    test('requests are counted together', async () => {
      await redis.flush();
      const [here, there] = await pair('--rate-limit', 'on', '--rate-limit-max', String(FEW));
      const statuses: number[] = [];
      for (let i = 0; i < 2 * FEW; i += 1) {
        statuses.push(
          (await post(`${(i % 2 ? here : there).origin}/mcp`, request('ping'), { 'Mcp-Session-Id': 'x' })).status,
        );
      }
      expect(statuses).toEqual([...Array<number>(FEW).fill(404), ...Array<number>(FEW).fill(429)]);
      await Promise.all([here.stop(), there.stop()]);
    });

    test('a client that registered with the first signs in at the second, and refreshes its token at either', async () => {
      const auth = (program: string) => start(program, 'auth-server', '--redis', redis.url);
      const [here, there] = await Promise.all([auth(first), auth(second)]);
      const client = await RawClient.register(here.origin);
      const elsewhere = RawClient.withId(there.origin, client.id);
      const tokens = await elsewhere.tokens();
      const refreshed = await client.refresh(tokens.refresh);
      expect([refreshed.status, typeof refreshed.body.access_token]).toEqual([200, 'string']);
      const again = await elsewhere.refresh(refreshed.body.refresh_token ?? '');
      expect(again.status).toBe(200);
      // A second use, at the other build, ends the grant for both.
      expect((await client.refresh(tokens.refresh)).status).toBe(400);
      expect((await elsewhere.refresh(again.body.refresh_token ?? '')).status).toBe(400);
      await Promise.all([here.stop(), there.stop()]);
    });

    test('a fleet is replaced node by node under load, and nothing that was acknowledged is lost', async () => {
      const nodes = await Promise.all([1, 2, 3].map(() => nodeOf(first, redis, '--drain-delay', '500ms')));
      const proxy = await startRoundRobinProxy({ targets: () => nodes.map(({ origin }) => origin), readyEveryMs: 50 });
      const clients = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const client = new Client({ name: 'upgrade', version: '1' });
          await client.connect(new StreamableHTTPClientTransport(new URL(proxy.url)) as Transport);
          return { client, acknowledged: new Set<string>(), failed: [] as string[] };
        }),
      );
      let replacing = true;
      const load = clients.map(async ({ client, acknowledged, failed }) => {
        for (let a = 0; replacing || a < 50; a += 1) {
          try {
            const { structuredContent } = await client.callTool({
              name: 'calculate',
              arguments: { a, b: 1, op: 'add' },
            });
            const { value, calculationId } = structuredContent as { value: number; calculationId: string };
            if (value === a + 1) acknowledged.add(calculationId);
          } catch (error) {
            failed.push((error as Error).message);
          }
        }
      });
      for (const leaving of [...nodes]) {
        const next = await nodeOf(second, redis, '--drain-delay', '500ms');
        nodes.push(next);
        await expect.poll(() => proxy.usable(next.origin), { timeout: 10_000 }).toBe(true);
        await leaving.stop();
      }
      nodes.splice(0, 3);
      replacing = false;
      await Promise.all(load);
      const figures = { calculations: 0, kept: 0, failed: clients.flatMap(({ failed }) => failed) };
      for (const { client, acknowledged } of clients) {
        const { contents } = await client.readResource({ uri: 'session://info' });
        const { calculationCount } = JSON.parse(String((contents[0] as { text: string }).text)) as {
          calculationCount: number;
        };
        figures.calculations += acknowledged.size;
        figures.kept += calculationCount;
        await client.close();
      }
      console.log(JSON.stringify(figures));
      expect(figures).toEqual({ calculations: figures.kept, kept: figures.kept, failed: [] });
      await proxy.close();
      await Promise.all(nodes.map((node) => node.stop()));
    }, 120_000);
  });
});

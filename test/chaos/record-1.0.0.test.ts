import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RawClient } from '../auth/helpers/client.js';
import { EventReader } from '../helpers/event-reader.js';
import { dump } from '../helpers/redis-dump.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post, request } from '../helpers/rpc.js';
import { spawnServer } from '../helpers/spawn-server.js';

/** As in upgrade.test.ts. Writes the fixture anew that test/sessions/redis/older-records.test.ts serves. */
const OLD = process.env.MCP_CALC_1_0_0;
const OLD_BUILD = { program: String(OLD) };

test.skipIf(OLD === undefined || process.env.RECORD === undefined)('1.0.0 writes what it keeps in Redis', async () => {
  const redis = await startRedis();
  const server = await spawnServer(['http', '--redis', redis.url], {}, OLD_BUILD);
  const url = `${server.origin}/mcp`;
  const session = await openSession(url, { capabilities: { elicitation: {} } });
  await ask(url, session, callOf('calculate', { a: 2, b: 3, op: 'add' }));
  await ask(url, session, callOf('evaluate', { expression: '2 * (3 + 4)' }));
  await ask(url, session, request('logging/setLevel', { level: 'error' }));
  await ask(url, session, request('resources/subscribe', { uri: 'calculator://history' }));
  const standalone = new EventReader(await fetch(url, { headers: { ...session, Accept: 'text/event-stream' } }));
  const listened = await standalone.next();
  await ask(url, session, callOf('calculate', { a: 4, b: 5, op: 'multiply' }));
  expect(await standalone.message()).toMatchObject({ method: 'notifications/resources/updated' });
  await standalone.close();
  const call = request(
    'tools/call',
    { name: 'demo_progress', arguments: { steps: 2 }, _meta: { progressToken: 't' } },
    'p',
  );
  const events = await new EventReader(await post(url, call, session)).rest();
  const signIn = await spawnServer(['auth-server', '--redis', redis.url], {}, OLD_BUILD);
  const client = await RawClient.register(signIn.origin);
  const { access, refresh } = await client.tokens();
  const known = { session: session['Mcp-Session-Id'], listened: listened?.id, call: events[0]?.id };
  const fixture = {
    known,
    auth: { clientId: client.id, access, refresh, resource: `${signIn.origin}/mcp` },
    redis: await dump(redis),
  };
  writeFileSync('test/fixtures/redis-of-1.0.0.json', `${JSON.stringify(fixture, undefined, 2)}\n`);
  await Promise.all([server.stop(), signIn.stop()]);
  await redis.stop();
});

import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { callOf, openSession, post } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { growth, LEAK, NODE_OPTIONS, rss, send } from './helpers/bombard.js';
import type { FuzzedRequest } from './helpers/requests.js';
import { fuzzedRequest } from './helpers/requests.js';

const ROOT = join(import.meta.dirname, '../..');
const CONNECTIONS = 12;
/** No more may all of them together take, ms. */
const TEST_MS = 60_000;
/** After so many requests all code has run and the heap has its size; from then on memory may grow by this much, bytes. */
const WARM_UP = 0.4;
const MAY_GROW = 30_000_000;
const SAMPLE_EVERY = 250;

/** Reads what the legacy connection gets, or the server would cut it off. */
async function listen(stream: EventReader): Promise<void> {
  for (let event = await stream.next(); event; event = await stream.next()) expect(event.data ?? '').not.toMatch(LEAK);
}

async function bombard(server: SpawnedServer, count: number, authorization: Record<string, string>): Promise<void> {
  const url = `${server.origin}/mcp`;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const seed = randomBytes(4).readInt32BE();
  const requests = fc.sample(fuzzedRequest, { numRuns: count, seed });
  const memory: number[] = [];
  let session = await openSession(url, { headers: authorization });
  const stream = new EventReader(await fetch(`${server.origin}/sse`, { headers: authorization }));
  const connection = /sessionId=(\S+)/.exec(String((await stream.next())?.data))?.[1] ?? '';
  const [, token = ''] = /^Bearer (.*)$/.exec(authorization.Authorization ?? '') ?? [];
  const filled = (text: string) =>
    text
      .replace('SESSION', String(session['Mcp-Session-Id']))
      .replace('CONNECTION', connection)
      .replace('TOKEN', token);

  let next = 0;
  const statuses = new Map<number, number>();
  const work = async () => {
    for (let at = next++; at < requests.length; at = next++) {
      const one = requests[at] as FuzzedRequest;
      const headers = Object.fromEntries(Object.entries(one.headers).map(([name, value]) => [name, filled(value)]));
      const sent = { ...one, path: filled(one.path), headers };
      const why = `seed ${seed}, request ${at}: ${JSON.stringify({ ...sent, body: one.body?.slice(0, 2_000) })}`;
      const answer = await send(server, agent, sent).catch((error: unknown) =>
        Promise.reject(new Error(`${String(error)}, ${why}`)),
      );
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 503)
        expect(answer, why).toMatchObject({ retryAfter: expect.any(String), body: expect.stringContaining('-32000') });
      else expect(answer.status, `${why}\n${answer.body.slice(0, 500)}`).toBeLessThan(500);
      expect(answer.body, why).not.toMatch(LEAK);
      expect(answer.body, why).not.toContain(ROOT);
      // A DELETE among them ends the session; the next ones get another.
      if (one.method === 'DELETE' && answer.status === 200)
        session = await openSession(url, { headers: authorization });
      if (at % SAMPLE_EVERY === 0 && at > count * WARM_UP) memory.push(await rss(server));
    }
  };
  const worked = Promise.all(Array.from({ length: CONNECTIONS }, work)).finally(() => {
    agent.destroy();
    return stream.close();
  });
  await Promise.all([worked, listen(stream)]);

  // They got everywhere: not only to the guards.
  expect([...statuses.keys()], JSON.stringify([...statuses])).toEqual(
    expect.arrayContaining([200, 202, 400, 403, 404, 405, 406, 415]),
  );
  expect(statuses.get(200)).toBeGreaterThan(count / 8);
  expect(growth(memory), `resident set: ${memory.join()}`).toBeLessThan(MAY_GROW);
  expect(server.child.exitCode).toBeNull();
  expect(server.log.filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([]);
  const fresh = await openSession(url, { headers: authorization });
  const answer = await post(url, callOf('calculate', { a: 20, b: 22, op: 'add' }), fresh);
  expect(await answer.json()).toMatchObject({ result: { structuredContent: { value: 42 } } });
}

test('6,500 fuzzed requests to a server for everybody: never a bug, a leak or a crash, and it serves on', {
  timeout: TEST_MS,
}, async () => {
  const server = await spawnServer(['http', '--sse', '--session-ttl', '3s'], { NODE_OPTIONS });
  try {
    await bombard(server, 6_500, {});
  } finally {
    await server.stop('SIGKILL');
  }
});

test('3,500 fuzzed requests to a server that asks for tokens: the same', { timeout: TEST_MS }, async () => {
  const secret = randomBytes(32).toString('hex');
  const token = await new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('https://one.example')
    .setAudience('https://calc.example')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
  const args = [
    'http',
    '--sse',
    '--auth',
    'jwt',
    '--jwt-issuer',
    'https://one.example',
    '--base-uri',
    'https://calc.example',
    '--session-ttl',
    '3s',
  ];
  const server = await spawnServer([...args], { JWT_SECRET: secret, NODE_OPTIONS });
  try {
    await bombard(server, 3_500, { Authorization: `Bearer ${token}` });
  } finally {
    await server.stop('SIGKILL');
  }
});

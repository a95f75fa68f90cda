import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { RedisServer } from '../helpers/redis.js';
import { freePort, startRedis } from '../helpers/redis.js';
import { callOf, openSession, post, request } from '../helpers/rpc.js';
import { binary, runCli } from '../helpers/run-cli.js';
import { head, raw } from './helpers/raw.js';

/** What must be nowhere. Each says where it was put. */
const PLANTED = {
  redis: 'pl4nted-redis-password',
  jwtSecret: 'pl4nted-jwt-secret-that-is-long-enough',
  cookie: 'pl4nted-cookie',
  query: 'pl4nted-query',
  body: 'pl4nted-body-password',
  header: 'pl4nted-api-key',
  referrer: 'pl4nted-referrer',
};
/** The beginning of all of them. */
const MARK = 'pl4nted';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ args: ['--requirepass', PLANTED.redis], client: { password: PLANTED.redis } });
});
afterAll(() => redis.stop());
const redisUrl = () => `redis://:${PLANTED.redis}@127.0.0.1:${redis.port}`;

/** With the fewest lines that there must be at each level. */
describe.each([
  ['debug', 40],
  ['info', 30],
  ['warn', 0],
  ['error', 0],
] as const)('at the log level %s', (level, fewest) => {
  test('no planted secret is in an answer, in a log line, in the metrics, in the health, or shown to a handler', async () => {
    const token = await new SignJWT({ sub: 'ann', jti: 'pl4nted-token' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('https://one.example')
      .setAudience('https://calc.example')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(PLANTED.jwtSecret));
    const secrets = [
      MARK,
      token,
      token.split('.')[1] ?? '',
      token.split('.')[2] ?? '',
      Buffer.from(`a:${PLANTED.header}`).toString('base64'),
    ];
    // The line that says where it listens is of the level info: the port is chosen here instead.
    const port = await freePort();
    const args = [
      'http',
      '--sse',
      '--auth',
      'jwt',
      '--jwt-issuer',
      'https://one.example',
      '--base-uri',
      'https://calc.example',
      '--redis',
    ];
    const server = await startOn(port, args, {
      JWT_SECRET: PLANTED.jwtSecret,
      REDIS_URL: redisUrl(),
      LOG_LEVEL: level,
    });
    const answers: string[] = [];
    const told = async (response: Response) =>
      answers.push(JSON.stringify([...response.headers]) + (await response.text()));
    const headers = {
      Authorization: `Bearer ${token}`,
      Cookie: `session=${PLANTED.cookie}`,
      'X-Api-Key': PLANTED.header,
      'Proxy-Authorization': `Basic ${Buffer.from(`a:${PLANTED.header}`).toString('base64')}`,
      Referer: `https://app.example/?access_token=${PLANTED.referrer}`,
      'X-Original-Url': `/mcp?token=${PLANTED.query}`,
      'X-Forwarded-Access-Token': PLANTED.header,
    };
    const url = `${server.origin}/mcp`;
    const session = await openSession(url, { headers });
    const stream = new EventReader(await fetch(`${server.origin}/sse`, { headers }));
    const connection = `${server.origin}${(await stream.next())?.data}`;
    const heard = stream.rest();

    for (const address of [url, connection]) {
      await told(await post(address, request('resources/read', { uri: 'request://current' }), session));
      await told(
        await post(
          address,
          callOf('calculate', { a: 1, b: 2, op: 'add', password: PLANTED.body, client_secret: PLANTED.body }),
          session,
        ),
      );
      await told(await post(address, callOf('calculate', { a: 'x', password: PLANTED.body }), session));
      await told(
        await post(
          address,
          { jsonrpc: '2.0', id: 7, result: { password: PLANTED.body, token: PLANTED.body } },
          session,
        ),
      );
      await told(
        await post(
          address,
          { jsonrpc: '2.0', method: 'notifications/unknown', params: { password: PLANTED.body } },
          session,
        ),
      );
      await told(await post(address, `{"password":"${PLANTED.body}"`, session));
      await told(await post(address, { password: PLANTED.body }, session));
      await told(
        await post(
          `${address}${address.includes('?') ? '&' : '?'}access_token=${PLANTED.query}`,
          request('ping'),
          session,
        ),
      );
      await told(
        await post(`${address}${address.includes('?') ? '&' : '?'}token=${PLANTED.query}`, request('ping'), session),
      );
      await told(await post(address, request('ping'), { ...session, Authorization: `Bearer x${token}` }));
      await told(await post(address, request('ping'), { ...session, Authorization: `Basic ${PLANTED.header}` }));
    }
    for (const path of [
      '/health',
      '/health/detailed',
      '/metrics',
      '/readyz',
      `/nothing?api_key=${PLANTED.query}`,
      '/.well-known/oauth-protected-resource',
    ])
      await told(await fetch(server.origin + path, { headers }));
    answers.push(
      await raw(port, head(`GET *?token=${PLANTED.query}`, ['Host: localhost'])),
      await raw(port, head(`GET http://a:${PLANTED.query}@localhost/x`, ['Host: localhost'])),
      await raw(port, `${PLANTED.query} ${PLANTED.header}\r\n\r\n`),
    );

    // The store goes away: what is said of that names no password either.
    if (level === 'debug') {
      redis.pause();
      const outage = await Promise.all([
        post(url, callOf('calculate', { a: 1, b: 2, op: 'add' }), session),
        fetch(`${server.origin}/health/detailed`, { headers }),
      ]);
      expect(outage.map(({ status }) => status)).toEqual([503, 503]);
      redis.resume();
      await Promise.all(outage.map(told));
    }
    await stream.close();
    answers.push(...(await heard).map(({ data = '' }) => data));
    expect(answers.filter((answer) => answer.includes('request://current'))).toHaveLength(2);
    await server.stop();
    const lines = server.lines();
    expect(lines.length).toBeGreaterThanOrEqual(fewest);
    if (level === 'debug') expect(lines.join('\n')).toContain('[redacted]');
    expect(answers.join('\n')).toContain('[redacted]');
    for (const secret of secrets) {
      expect(answers.filter((answer) => answer.includes(secret))).toEqual([]);
      expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    }
    expect(lines.filter((line) => line.includes(join(import.meta.dirname, '../..')))).toEqual([]);
  });
});

test.concurrent.each([
  [
    'a Redis that refuses the password',
    () => ({ REDIS_URL: redisUrl().replace(PLANTED.redis, `${PLANTED.redis}-wrong`) }),
  ],
  [
    'a Redis that is not there',
    async () => ({ REDIS_URL: `redis://user:${PLANTED.redis}@127.0.0.1:${await freePort()}` }),
  ],
  ['a Redis of no known name', () => ({ REDIS_URL: `redis://user:${PLANTED.redis}@no-such-host.invalid` })],
  ['a URL that is none', () => ({ REDIS_URL: `redis//user:${PLANTED.redis}@localhost` })],
  ['a password with a slash in it', () => ({ REDIS_URL: `redis://:a/${PLANTED.redis}@localhost:x` })],
  [
    'a secret that is too short, and other settings that are wrong',
    () => ({
      JWT_SECRET: MARK,
      AUTH_MODE: 'jwt',
      REDIS_URL: `http://:${PLANTED.redis}@h`,
      PORT: 'x',
      BASE_URI: `https://a:${PLANTED.header}@b/`,
    }),
  ],
])('%s ends the start with a line that names no secret, at any level', { timeout: 30_000 }, async (_what, make) => {
  const env = await make();
  const run = (level: string) =>
    runCli(['http', '--redis', '--port', '0'], { env: { ...env, LOG_LEVEL: level }, timeoutMs: 25_000 });
  for (const { code, stdout, stderr } of await Promise.all(['debug', 'info'].map(run))) {
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/mcp-calc: .*(?:Redis|REDIS_URL)/);
    expect(stdout + stderr).not.toContain(MARK);
  }
});

/** A server on this port, whatever its log level lets it say. */
async function startOn(port: number, args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [binary, ...args, '--port', String(port), '--log-format', 'json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const origin = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${origin}/readyz`)).status).toBe(200), 15_000);
  return {
    origin,
    lines: () => log.split('\n').filter((line) => line !== ''),
    stop: () =>
      new Promise((resolve) => {
        child.once('close', resolve);
        child.kill();
      }),
  };
}

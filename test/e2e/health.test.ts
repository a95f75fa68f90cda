import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { spawnServer } from '../helpers/spawn-server.js';

test.each([
  [['http'], 'stateful'],
  [['http', '--sse'], 'stateful'],
  [['http', '--stateless'], 'stateless'],
  [['http', '--stateless', '--sse'], 'stateless'],
  [['sse'], 'stateful'],
])('%j says in /health that it is %s', async (args, pattern) => {
  const server = await spawnServer(args);
  try {
    expect(await (await fetch(`${server.origin}/health`)).json()).toMatchObject({ status: 'healthy', pattern });
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

test('with --auth, the details and the metrics are for who has a token; the probes and the metrics port for all', async () => {
  const secret = 'a-shared-secret-that-is-long-enough-for-a-key';
  const token = await new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('https://one.example')
    .setAudience('https://calc.example')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
  const auth = ['--auth', 'jwt', '--jwt-issuer', 'https://one.example', '--base-uri', 'https://calc.example'];
  const statuses = (origin: string, headers: Record<string, string>) =>
    Promise.all(
      ['/health', '/livez', '/readyz', '/health/detailed', '/health/detailed/', '/metrics', '/metrics/'].map(
        async (path) => (await fetch(origin + path, { headers })).status,
      ),
    );
  const server = await spawnServer(['http', ...auth], { JWT_SECRET: secret });
  const own = await spawnServer(['http', ...auth, '--metrics-port', '0'], { JWT_SECRET: secret });
  try {
    expect(await statuses(server.origin, {})).toEqual([200, 200, 200, 401, 401, 401, 401]);
    expect(await statuses(server.origin, { Authorization: `Bearer ${token}` })).toEqual(Array(7).fill(200));
    const metrics = own.log.map((line) => /"metrics":"([^"]+)"/.exec(line)?.[1]).find((url) => url !== undefined);
    expect((await fetch(String(metrics))).status).toBe(200);
  } finally {
    expect([await server.stop(), await own.stop()]).toEqual([0, 0]);
  }
});

import { SignJWT } from 'jose';
import { get } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const SECRET = 'a-shared-secret-that-is-long-enough-for-a-key';
const AUTH = ['--auth', 'jwt', '--jwt-issuer', 'https://one.example', '--base-uri', 'https://calc.example'];

function tokenFor(audience: string, expires = '1h', issuer = 'https://one.example'): Promise<string> {
  return new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(SECRET));
}

function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (res) => resolve(res.resume().statusCode)).on('error', reject);
  });
}

describe('why a token was refused', () => {
  let server: SpawnedServer;
  beforeAll(async () => void (server = await spawnServer(['http', ...AUTH], { JWT_SECRET: SECRET })));
  afterAll(() => server.stop());

  test.each([
    [
      'of another audience',
      () => tokenFor('https://other.example'),
      'aud \\"https://other.example\\"',
      'The token is meant for another audience',
    ],
    [
      'of another issuer',
      () => tokenFor('https://calc.example', '1h', 'https://two.example'),
      'iss \\"https://two.example\\"',
      'The token\'s claim \\"iss\\" is missing or wrong',
    ],
    ['that has expired', () => tokenFor('https://calc.example', '-1h'), 'exp ', 'The token has expired'],
  ])(
    '%s stands in the log, with what it said, and the client shows the words of the server',
    async (_kind, make, came, why) => {
      const token = await make();
      const { stderr, code } = await runCli(['client', 'ping', '--url', `${server.origin}/mcp`, '--token', token]);
      expect(code).not.toBe(0);
      expect(stderr).toContain(`wants to know who you are (401): ${why.replaceAll('\\"', "'")}`);
      const line = await eventually(() => {
        const found = server.log.find((each) => each.includes(`"why":"${why}"`));
        expect(found, server.log.join('\n')).toBeDefined();
        return found;
      });
      expect(line).toContain(`"came":"${came}`);
      expect(server.log.join('\n')).not.toContain(token);
    },
  );
});

describe('/metrics by the address of a node', () => {
  test('is for who scrapes it, though clients must use a name; its token is asked for', async () => {
    const bind = ['--host', '0.0.0.0', '--allowed-hosts', 'mcp.example'];
    const server = await spawnServer(['http', ...bind, ...AUTH], { JWT_SECRET: SECRET });
    try {
      const token = await tokenFor('https://calc.example');
      const url = `http://127.0.0.1:${server.port}`;
      const headers = { Host: '10.0.0.7:1453' };
      expect(await statusFor(`${url}/metrics`, headers)).toBe(401);
      expect(await statusFor(`${url}/metrics`, { ...headers, Authorization: `Bearer ${token}` })).toBe(200);
      expect(await statusFor(`${url}/mcp`, { ...headers, Authorization: `Bearer ${token}` })).toBe(403);
    } finally {
      await server.stop();
    }
  });

  test('is refused on the loopback, where a name that is not its own is that of a rebound page', async () => {
    const server = await spawnServer(['http']);
    try {
      expect(await statusFor(`${server.origin}/metrics`, { Host: 'rebound.example' })).toBe(403);
    } finally {
      await server.stop();
    }
  });

  test('is served on a port and an address of its own, where a token is asked for too', async () => {
    const own = ['--metrics-port', '0', '--metrics-host', '0.0.0.0'];
    const server = await spawnServer(['http', ...AUTH, ...own], { JWT_SECRET: SECRET });
    try {
      const port = /"metrics":"http:[^"]*:(\d+)\//.exec(server.log.join('\n'))?.[1];
      const address = Object.values(networkInterfaces())
        .flat()
        .find((each) => each?.family === 'IPv4')?.address;
      const url = `http://${address}:${port}/metrics`;
      expect(await statusFor(url, {})).toBe(401);
      const token = await tokenFor('https://calc.example');
      expect(await statusFor(url, { Authorization: `Bearer ${token}` })).toBe(200);
    } finally {
      await server.stop();
    }
  });
});

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { startCli } from '../helpers/run-cli.js';
import { spawnsPerTest } from '../helpers/servers.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { addressOf, ask, cookieOf, ENV, OWN, TOKEN } from './helpers.js';

const spawn = spawnsPerTest();
let server: SpawnedServer;
let cookie: string;

beforeAll(async () => {
  server = await spawnServer(['http'], ENV);
  cookie = await cookieOf(server.origin);
});
afterAll(async () => void (await server.stop()));

describe('the token of the console', () => {
  it('is taken out of the address, and becomes a cookie for the console alone', async () => {
    const { status, headers, body } = await ask(addressOf(server.origin));
    expect([status, headers.location, body]).toEqual([303, '/console/', '']);
    const name = `mcp_calc_console_${server.port}`;
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^${name}=[\\w-]{43}; Path=/console; HttpOnly; SameSite=Strict$`)),
    ]);
    expect(cookie).not.toContain(TOKEN);
    const page = await ask(`${server.origin}/console/`, { cookie });
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(page.body).toContain('/console/app.js');
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
  });

  it('is asked for where it is missing or wrong, with a page that says where it is', async () => {
    const { origin } = server;
    expect((await ask(`${origin}/`)).headers).toMatchObject({ location: '/console/' });
    for (const [url, headers] of [
      [`${origin}/console/`, {}],
      [`${origin}/console`, { cookie: cookie.replace(/.$/, '~') }],
      [addressOf(origin, `${TOKEN}x`), {}],
      [addressOf(origin, ''), {}],
    ] as const) {
      const { status, headers: answered, body } = await ask(url, headers);
      expect([status, answered['set-cookie']]).toEqual([401, undefined]);
      expect(body).toContain('when it started');
    }
  });

  it('is taken as well where a path has a slash too many', async () => {
    for (const path of ['//', `//?token=${encodeURIComponent(TOKEN)}`]) {
      const { status, headers } = await ask(`${server.origin}${path}`);
      expect([path, status, headers.location]).toEqual([path, 303, '/console/']);
    }
  });

  it('opens the page with its own cookie, whatever others of the same name another page has set before it', async () => {
    const name = `mcp_calc_console_${server.port}`;
    const { status } = await ask(`${server.origin}/console/api/about`, { ...OWN, cookie: `${name}=x; ${cookie}` });
    expect(status).toBe(200);
  });

  it('is in no line of a log for programs, which says where the console is', async () => {
    await ask(addressOf(server.origin));
    const opened = await eventually(() => {
      const lines = server.log.filter((line) => line.includes('"path":"/"'));
      expect(lines.length).toBeGreaterThan(0);
      return lines;
    });
    expect(opened.join()).not.toContain('token=');
    expect(server.log.join('\n')).not.toContain(TOKEN);
    expect(server.log.join('\n')).not.toContain(encodeURIComponent(TOKEN));
    expect(server.log.find((line) => line.includes('WEB_CONSOLE_TOKEN'))).toContain(`"console":"${server.origin}/"`);
  });

  it('is made at random and shown beside a log for people, and --open hands it to the browser', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'console-'));
    const opened = join(folder, 'opened');
    await writeFile(join(folder, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > ${opened}\n`);
    await chmod(join(folder, 'xdg-open'), 0o755);
    const child = startCli(['http', '--port', '0', '--log-format', 'pretty', '--open'], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    try {
      let log = '';
      child.stderr.on('data', (data: Buffer) => (log += data.toString()));
      const shown = await eventually(() => {
        const found = /^console {2}(http:\/\/\S+\/\?token=[\w-]{32})$/m.exec(log)?.[1];
        expect(found).toBeDefined();
        return String(found);
      }, 15_000);
      expect(await eventually(() => readFile(opened, 'utf8'))).toBe(shown);
      expect((await ask(shown)).status).toBe(303);
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  });

  it('opens every worker that shares the port', async () => {
    const { origin } = await spawn(['http', '--stateless', '--workers', '2'], ENV);
    const headers = { ...OWN, cookie: await cookieOf(origin) };
    const nodes = new Set<string>();
    await eventually(async () => {
      const { status, body } = await ask(`${origin}/console/api/about`, headers);
      expect(status).toBe(200);
      nodes.add((JSON.parse(body) as { node: string }).node);
      expect(nodes.size).toBe(2);
    });
  });
});

describe('what the page asks', () => {
  const about = (headers: Record<string, string>) => ask(`${server.origin}/console/api/about`, { ...headers });

  it('is answered to the page itself', async () => {
    const { origin } = server;
    expect((await about({ ...OWN, cookie })).status).toBe(200);
    expect((await about({ ...OWN, cookie, origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('is refused to whoever has no cookie', async () => {
    for (const path of ['about', 'sessions', 'wire'])
      expect([path, (await ask(`${server.origin}/console/api/${path}`, OWN)).status]).toEqual([path, 401]);
    const ending = await ask(`${server.origin}/console/api/sessions`, OWN, 'DELETE', '{"key":"x"}');
    expect(ending.status).toBe(401);
  });

  it.each([
    ['without its own header', {}],
    ['of a page on another port of this machine', { ...OWN, origin: 'http://127.0.0.1:9' }],
    ['of localhost, when it is 127.0.0.1', { ...OWN, origin: 'http://localhost:9' }],
    ['of another site', { ...OWN, origin: 'https://evil.example' }],
    ['without an origin', { ...OWN, origin: 'null' }],
    ['that the browser calls same-site', { ...OWN, 'sec-fetch-site': 'same-site' }],
    ['that the browser calls cross-site', { ...OWN, 'sec-fetch-site': 'cross-site' }],
    ['for another host', { ...OWN, host: 'evil.example' }],
  ])('is refused %s, cookie or not', async (_what, headers) => {
    expect((await about({ ...headers, cookie })).status).toBe(403);
  });

  it('has its own methods, and nothing beside', async () => {
    const { origin } = server;
    const { status, headers } = await ask(`${origin}/console/api/sessions`, { ...OWN, cookie }, 'POST');
    expect([status, headers.allow]).toEqual([405, 'GET, DELETE']);
    expect((await ask(`${origin}/console/api/none`, { ...OWN, cookie })).status).toBe(404);
  });
});

describe('without a console', () => {
  it('--no-console leaves nothing at its paths', async () => {
    const { origin, log } = await spawn(['http', '--no-console'], ENV);
    for (const path of ['/', '/console', '/console/app.js', '/console/api/about'])
      expect([path, (await ask(`${origin}${path}`)).status]).toEqual([path, 404]);
    expect(log.join()).not.toContain('console on');
  });
});

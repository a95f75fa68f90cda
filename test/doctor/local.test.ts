import { once } from 'node:events';
import { chmod, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../helpers/redis.js';
import { findings, report, temporaryFolder, writeFiles } from './machine.js';

async function hold(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return (server.address() as AddressInfo).port;
}

describe('Node.js', () => {
  const at = (date: string) => () => Date.parse(date);

  it.each([
    ['18.20.4', '2026-01-01', /^failure: 18\.20\.4 is too old: mcp-calc needs 20/],
    ['23.1.0', '2026-01-01', /^warning: 23\.1\.0 works, but its line gets no long-term support/],
    ['22.12.0', '2026-01-01', /^ok: 22\.12\.0, LTS until 2027-04-30$/],
    ['28.0.0', '2028-01-01', /^ok: 28\.0\.0$/],
  ])('%s is judged', async (nodeVersion, date, expected) => {
    expect(await findings('node', { nodeVersion, now: at(date) })).toEqual([expect.stringMatching(expected)]);
  });

  it('whose fixes have ended still works, and is told', async () => {
    expect(await findings('node', { nodeVersion: '20.20.0', now: at('2026-11-01') })).toEqual([
      'ok: 20.20.0',
      expect.stringMatching(/^info: Node\.js 20 has had no security fixes since 2026-04-30/),
    ]);
  });
});

describe('npx', () => {
  async function npm(version: string): Promise<string> {
    const folder = await temporaryFolder();
    await writeFiles(folder, {
      'npm/package.json': { name: 'npm', version },
      'npm/bin/npx-cli.js': '',
      'bin/none': '',
    });
    await chmod(join(folder, 'npm/bin/npx-cli.js'), 0o755);
    await symlink('../npm/bin/npx-cli.js', join(folder, 'bin/npx'));
    return join(folder, 'bin');
  }

  it('is found on the PATH, with the version of its npm', async () => {
    const PATH = await npm('10.8.2');
    expect(await findings('npx', { env: { PATH: `/nonexistent:${PATH}` } })).toEqual([`ok: 10.8.2 at ${PATH}/npx`]);
  });

  it('that is too old for -y is told', async () => {
    expect(await findings('npx', { env: { PATH: await npm('6.14.18') } })).toEqual([
      expect.stringMatching(/^warning: 6\.14\.18 at .* is too old/),
    ]);
  });

  it('that is not on the PATH is a warning with a way out', async () => {
    const { findings: found } = await report('npx', { env: { PATH: await temporaryFolder() } });
    expect(found).toEqual([
      {
        level: 'warning',
        message: expect.stringContaining('not on the PATH'),
        fix: expect.stringContaining('--local'),
      },
    ]);
  });
});

describe('variables of the server', () => {
  it('are not missed where none is set', async () => {
    expect(await findings('settings')).toEqual([expect.stringMatching(/^ok: none/)]);
  });

  it('are named, not shown', async () => {
    expect(
      await findings('settings', { env: { REDIS_URL: 'redis://:hunter2@localhost', LOG_LEVEL: 'debug' } }),
    ).toEqual(['info: set for the server: REDIS_URL, LOG_LEVEL']);
  });

  it.each([
    ['MCP_CALC_PROT', 'PORT'],
    ['MCP_CALC_PORT', 'PORT'],
    ['MCP_PORT', 'PORT'],
    ['PROT', 'PORT'],
    ['REDIS_URI', 'REDIS_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['SESION_TLT', 'SESSION_TTL'],
  ])('sees that %s may be meant as %s', async (name, meant) => {
    const found = await findings('settings', { env: { [name]: '1', LOG_LEVEL: 'debug' } });
    expect(found[0]).toMatch(new RegExp(`^warning: ${name} is read by nobody here: did you mean ${meant}\\?`));
    expect(found).toHaveLength(2);
  });

  it('takes no variable of other programs for one of the server', async () => {
    const usual =
      'PATH HOME USER LOGNAME SHELL PWD TERM LANG HOSTNAME EDITOR PGHOST POST NODE_ENV NODE_OPTIONS OTEL_SERVICE_NAME HTTP_PROXY SSH_AUTH_SOCK XDG_DATA_DIRS MCP_SERVER APP CI DEBUG';
    const env = Object.fromEntries(usual.split(' ').map((name) => [name, '1']));
    expect(await findings('settings', { env })).toEqual([expect.stringMatching(/^ok: none/)]);
  });

  it('are all judged, once each', async () => {
    const found = await findings('settings', { env: { LOG_LEVEL: 'loud', PORT: 'x' } });
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(expect.stringMatching(/^failure: LOG_LEVEL \(flag --log-level\): "loud" is wrong/));
  });
});

describe('ports', () => {
  it('that are free are named', async () => {
    const port = await freePort();
    expect(await findings('ports', { env: { PORT: String(port) } })).toEqual([`ok: free: ${port}`]);
  });

  it('that are held: by which process', async () => {
    const port = await hold((_req, res) => void res.end('no'));
    const { findings: found } = await report('ports', {
      env: { PORT: String(port), PATH: process.env.PATH },
      platform: process.platform,
    });
    expect(found).toEqual([
      {
        level: 'warning',
        message: expect.stringMatching(new RegExp(`^${port} \\(PORT\\) is held by .+ \\(pid ${process.pid}\\)$`)),
        fix: `End that process, or take another port: mcp-calc http --port ${port + 1}`,
      },
    ]);
  });

  it('that a running mcp-calc holds are as they should be', async () => {
    const port = await hold(
      (req, res) =>
        void res.end(
          req.url === '/health'
            ? JSON.stringify({ version: '1.0.0', pattern: 'stateful', storageMode: 'in-memory' })
            : '',
        ),
    );
    expect(await findings('ports', { env: { PORT: String(port) } })).toEqual([
      `ok: ${port} (PORT) is served by mcp-calc 1.0.0, stateful (pid ${process.pid})`,
    ]);
  });

  it('that a silent process holds do not keep the doctor', async () => {
    const port = await hold(() => undefined);
    const { findings: found, ms } = await report('ports', { env: { PORT: String(port) } });
    expect(found[0]?.level).toBe('warning');
    expect(ms).toBeLessThan(5_000);
  });

  it('at an address that is not of this machine can not be bound', async () => {
    expect(await findings('ports', { env: { PORT: '4000', HOST: '192.0.2.1' } })).toEqual([
      expect.stringMatching(/^failure: 4000 \(PORT\) can't be bound at 192\.0\.2\.1: EADDRNOTAVAIL/),
    ]);
  });
});

describe('proxy variables', () => {
  const HTTP_PROXY = 'http://user:hunter2@proxy.example.com:3128';

  it.each([
    [{}, ['ok: no proxy variables are set']],
    [{ HTTP_PROXY, NO_PROXY: 'localhost,127.0.0.1' }, ['ok: HTTP_PROXY set; servers of this machine are exempt']],
    [{ https_proxy: HTTP_PROXY, no_proxy: '*' }, ['ok: https_proxy set; servers of this machine are exempt']],
    [
      { HTTP_PROXY },
      [expect.stringMatching(/^warning: HTTP_PROXY set, but NO_PROXY lacks localhost and 127\.0\.0\.1/)],
    ],
    [{ HTTP_PROXY, NO_PROXY: 'localhost' }, [expect.stringMatching(/NO_PROXY lacks 127\.0\.0\.1:/)]],
    [
      { HTTP_PROXY, http_proxy: 'http://other:1', NO_PROXY: '*' },
      [expect.stringMatching(/^warning: HTTP_PROXY and http_proxy differ/)],
    ],
    [{ ALL_PROXY: 'not an address', NO_PROXY: '*' }, ['warning: ALL_PROXY is not the address of a proxy']],
  ])('%j', async (env, expected) => {
    const found = await findings('proxy', { env });
    expect(found).toEqual(expected);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});

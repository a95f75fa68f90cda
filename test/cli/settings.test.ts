import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settingsOf } from '../../src/config/index.js';
import { binary, runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const SECRET = 's3cret-that-is-long-enough-for-a-shared-key';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'mcp-calc-settings-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

interface Printed {
  command: string;
  settings: Record<string, { flag: string | null; variable: string; value: string | null; from: string }>;
}

async function printed(args: readonly string[], env: Record<string, string> = {}): Promise<Printed> {
  const { stdout, stderr, code } = await runCli([...args, '--print-config', '--json'], { env });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout) as Printed;
}

describe('--print-config', () => {
  test('tells every setting of the command, its value, and where it comes from', async () => {
    const variables = file('all.env', 'SESSION_TTL=2h', 'HOST=0.0.0.0', `REDIS_PASSWORD=${SECRET}`);
    const args = ['http', '--stateless', '--env-file', variables, '--body-limit', '2mb'];
    const { command, settings } = await printed(args, { HOST: '::1', RATE_LIMIT_MAX: '9' });
    expect(command).toBe('http');
    expect(Object.keys(settings).sort()).toEqual(
      settingsOf('http')
        .map(([name]) => name)
        .sort(),
    );
    expect(settings).toMatchObject({
      bodyLimit: { flag: '--body-limit', variable: 'BODY_LIMIT', value: '2mb', from: 'flag' },
      host: { value: '::1', from: 'variable' },
      sessionTtl: { value: '2h', from: 'file' },
      keepAlive: { value: '15s', from: 'default' },
      port: { value: '1071', from: 'rule' },
      stateful: { value: 'false', from: 'rule' },
      rateLimit: { value: 'on', from: 'rule' },
      redisPassword: { flag: null, value: '(set, not shown)', from: 'file' },
      jwtSecret: { value: null, from: 'default' },
    });
  });

  test('shows no secret, neither by itself nor in an address', async () => {
    const env = { JWT_SECRET: SECRET, REDIS_URL: `redis://ann:${SECRET}@redis.example`, STATE_KEY: SECRET };
    for (const args of [['--json'], []]) {
      const { stdout } = await runCli(['http', '--redis', '--print-config', ...args], { env });
      expect(stdout).toContain('redis.example');
      expect(stdout).not.toContain(SECRET);
    }
  });

  test('is a table for people, with the variable that it comes from', async () => {
    const { stdout } = await runCli(['stdio', '--print-config'], { env: { LOG_LEVEL: 'debug' } });
    expect(stdout).toMatch(/^SETTING +FROM +VALUE$/m);
    expect(stdout).toMatch(/^--log-level +variable LOG_LEVEL +debug$/m);
  });

  test('says what is wrong, as a start does', async () => {
    const { code, stderr } = await runCli(['http', '--print-config', '--port', '80o']);
    expect(code).toBe(1);
    expect(stderr).toContain('--port (variable PORT): "80o" is wrong');
  });
});

describe('--env-file', () => {
  test('gives variables to the server and its workers; those of the environment win', async () => {
    const path = file('workers.env', '# of a test', 'export LOG_FORMAT="json"', 'WORKERS=2', 'PORT=1');
    const server = await spawnServer(['http', '--stateless', '--env-file', path], { PORT: '0' });
    try {
      rmSync(path);
      expect((await fetch(`${server.origin}/health`)).status).toBe(200);
      expect(server.log.find((line) => line.includes('listening on'))).toContain('2 workers');
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });

  test('names the line that no variable can be read from, and not what stands there', async () => {
    const path = file('wrong.env', 'PORT=4000', '', 'JWT_SECRET s3cret', 'A="one', 'two"', 'B="s3cret');
    const { code, stderr } = await runCli(['http', '--env-file', path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/, line 3: it must be NAME=value/);
    expect(stderr).toMatch(/, line 6: the value begins with " and never ends/);
    expect(stderr.trim().split('\n')).toHaveLength(2);
    expect(stderr).not.toContain('s3cret');
  });

  test('takes nothing but a regular file of some size: what is lost of a pipe may be what closes a server', async () => {
    const script = `exec "$0" "$1" http --print-config --env-file <(echo STATELESS=true)`;
    const piped = spawnSync('bash', ['-c', script, process.execPath, binary], { encoding: 'utf8', timeout: 10_000 });
    expect([piped.status, piped.stderr]).toEqual([1, expect.stringMatching(/: it is not a regular file\n$/)]);
    const long = file('long.env', '#'.repeat(1_000_001));
    const { code, stderr } = await runCli(['http', '--print-config', '--env-file', long]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('it is longer than 1000000 bytes')]);
  });

  test('says where there is no such file', async () => {
    const { code, stderr } = await runCli(['http', '--env-file', join(folder, 'none.env')]);
    expect(code).not.toBe(0);
    // Node 20 looks for it itself.
    expect(stderr).toMatch(/none\.env: (there is no such file|not found)/);
  });
});

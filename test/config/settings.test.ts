import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { flatten, treeOf } from '../../src/cli/completion/tree.js';
import { buildProgram } from '../../src/cli/program.js';
import { resolveConfig, settingsOf, settingsTable, shownDefault } from '../../src/config/index.js';

const all = settingsOf();

describe('the list of settings', () => {
  it('names every setting as commander reports its flag', () => {
    for (const [name, { flag }] of all) {
      if (flag === undefined) continue;
      const option = new Option(flag);
      // `--no-redis` is `redis: false` for commander; the two have names of their own here.
      expect(option.attributeName()).toBe(option.negate ? 'redis' : name);
    }
  });

  it('has every variable and every flag once', () => {
    const names = all.flatMap(([, { env, flag }]) => [env, ...(flag === undefined ? [] : [flag.split(' ')[0]])]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a default that its own bound allows', () => {
    const constants = all.filter(([, { kind, default: value }]) => value !== undefined && kind.isSwitch === undefined);
    expect(constants.length).toBeGreaterThan(10);
    for (const [name, setting] of constants)
      expect([name, setting.kind.parse(shownDefault(setting))]).toEqual([name, setting.default]);
  });

  it('has the variables that the documents promise', () => {
    const promised =
      'PORT HOST USE_REDIS REDIS_URL REDIS_HOST REDIS_PORT REDIS_PASSWORD REDIS_TLS LOG_LEVEL CORS_ORIGIN SAMPLE_TOOL_NAME SESSION_TTL RATE_LIMIT_MAX RATE_LIMIT_WINDOW BASE_URI JWT_SECRET';
    expect(all.map(([, { env }]) => env)).toEqual(expect.arrayContaining(promised.split(' ')));
  });

  it('refuses rubbish for every setting of a command, in one error', () => {
    const rubbish = '\u0000{}';
    const free = ['introspectionClientSecret', 'redisPassword', 'redisSentinelPassword'];
    const judged = settingsOf('http').filter(([name]) => !free.includes(name));
    const env = Object.fromEntries(judged.map(([, setting]) => [setting.env, rubbish]));
    const problems = String(catchError(() => resolveConfig('http', {}, env))).split('\n');
    for (const [, setting] of judged)
      expect(
        problems.filter((line) => line.includes(`${setting.env}`)),
        setting.env,
      ).not.toEqual([]);
  });
});

const COMMANDS = ['stdio', 'http', 'sse', 'auth-server'] as const;

describe('one entry is all that a setting needs', () => {
  it('for the help and the completion of each of its commands', async () => {
    const program = await buildProgram(() => true);
    const nodes = flatten(treeOf(program));
    for (const name of COMMANDS) {
      const help = program.commands.find((command) => command.name() === name)?.helpInformation() ?? '';
      const completed = nodes.find(({ path }) => path === `mcp-calc ${name}`)?.flags ?? [];
      for (const [, { flag, env, kind }] of settingsOf(name)) {
        if (flag === undefined) continue;
        expect(help).toMatch(new RegExp(`^  ${flag.replace(/[[\]]/g, '\\$&')}\\s[^]*\\(${env}[,)]`, 'm'));
        expect(completed.find(({ names }) => names.includes(flag.split(' ')[0] ?? ''))?.choices).toEqual(
          kind.choices ?? [],
        );
      }
    }
  });

  it('for its value in the config, under its name, and of a time under its name with Ms', () => {
    for (const name of COMMANDS) {
      const config = resolveConfig(name, {}, {});
      const plain = settingsOf(name).filter(([, { byRule }]) => !byRule);
      expect(plain.length).toBeGreaterThan(0);
      for (const [key, { kind, default: value }] of plain)
        expect(config).toHaveProperty(kind.isTime ? `${key}Ms` : key, value);
    }
  });

  it('for the type of that value', () => {
    const http = resolveConfig('http', {}, {});
    expectTypeOf(http.sessionTtlMs).toEqualTypeOf<number>();
    expectTypeOf(http.metricsPort).toEqualTypeOf<number | undefined>();
    expectTypeOf(http.trustProxy).toEqualTypeOf<false | number | readonly string[]>();
    expectTypeOf(http.log.format).toEqualTypeOf<'auto' | 'json' | 'pretty'>();
    expectTypeOf(resolveConfig('stdio', {}, {})).toHaveProperty('historyLimit');
    expectTypeOf(resolveConfig('stdio', {}, {})).not.toHaveProperty('sessionTtlMs');
    expectTypeOf(http).not.toHaveProperty('jwtSecret');
  });
});

describe('the table of docs/settings.md', () => {
  it('has a row for every setting, with as many cells as its head', () => {
    const [head = '', , ...rows] = settingsTable().split('\n');
    const cells = (line: string): number => line.replaceAll('\\|', '').split('|').length;
    expect(rows).toHaveLength(all.length);
    expect(new Set(rows.map(cells))).toEqual(new Set([cells(head)]));
    expect(rows.join('\n')).toContain('| `--port <number>` | `PORT` |');
  });

  it('is what the page shows', async () => {
    const path = fileURLToPath(new URL('../../docs/settings.md', import.meta.url));
    const [before = '', shown, after = ''] = (await readFile(path, 'utf8')).split(
      /(?<=<!-- settings -->\n)|(?=<!-- \/settings -->)/,
    );
    expect(shown).toMatch(/^\| flag/);
    await expect(`${before}${settingsTable()}\n${after}`).toMatchFileSnapshot(path);
  });
});

function catchError(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { resolveConfig, settingsOf, settingsTable, shownDefault } from '../../src/config/index.js';

const all = settingsOf();

describe('the list of settings', () => {
  it('names every setting as commander reports its flag', () => {
    for (const [name, { flag }] of all) {
      if (flag !== undefined) expect(new Option(flag).attributeName()).toBe(name);
    }
  });

  it('has every variable and every flag once', () => {
    const names = all.flatMap(([, { env, flag }]) => [env, ...(flag === undefined ? [] : [flag.split(' ')[0]])]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a default that its own bound allows', () => {
    const constants = all.filter(([, { kind, default: value }]) => value !== undefined && kind.isSwitch === undefined);
    expect(constants.length).toBeGreaterThan(10);
    for (const [name, setting] of constants) expect([name, setting.kind.schema.safeParse(shownDefault(setting)).data]).toEqual([name, setting.default]);
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
    for (const [, setting] of judged) expect(problems.filter((line) => line.includes(`${setting.env}`)), setting.env).not.toEqual([]);
  });
});

describe('the table for the README', () => {
  it('has a row for every setting, with as many cells as its head', () => {
    const [head = '', , ...rows] = settingsTable().split('\n');
    const cells = (line: string): number => line.replaceAll('\\|', '').split('|').length;
    expect(rows).toHaveLength(all.length);
    expect(new Set(rows.map(cells))).toEqual(new Set([cells(head)]));
    expect(rows.join('\n')).toContain('| `--port <number>` | `PORT` |');
  });

  it('is what the README shows', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const shown = /<!-- settings -->\n+([\s\S]*?)\n+<!-- \/?settings -->/.exec(readme)?.[1];
    expect(shown).toBe(settingsTable());
  });
});

function catchError(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

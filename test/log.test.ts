import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, silentLogger } from '../src/log.js';
import type { LogThreshold } from '../src/log.js';
import { forgiving } from '../src/log/forgiving.js';

async function memory(level: LogThreshold = 'info') {
  const written: string[] = [];
  const logger = await createLogger({ level, destination: { write: (line) => written.push(line) } });
  return {
    logger,
    text: () => written.join(''),
    last: () => JSON.parse(written.at(-1) ?? '') as Record<string, unknown>,
  };
}

const PLANTED = 'pl4nted-s3cret';

describe('the log', () => {
  it('is one JSON object a line, with level, timestamp and message', async () => {
    const { logger, text, last } = await memory();
    logger.info({ requestId: 'r1' }, 'two\nlines');
    expect(text().trim().split('\n')).toHaveLength(1);
    expect(last()).toEqual({ level: 'info', timestamp: expect.any(String), requestId: 'r1', message: 'two\nlines' });
    expect(new Date(String(last().timestamp)).toISOString()).toBe(last().timestamp);
  });

  it('leaves out what is below its level', async () => {
    const { logger, text } = await memory('warn');
    logger.info('no');
    logger.debug('no');
    expect(text()).toBe('');
    logger.warn('yes');
    expect(text()).toContain('yes');
  });

  it('tells which levels it writes, and so does what stands before or below it', async () => {
    const { logger } = await memory('warn');
    const levels = ['debug', 'info', 'warn', 'error'] as const;
    for (const one of [logger, logger.child({ worker: 1 }), forgiving(logger)])
      expect(levels.filter((level) => one.isLevelEnabled?.(level))).toEqual(['warn', 'error']);
    expect(levels.some((level) => silentLogger.isLevelEnabled?.(level))).toBe(false);
    const { isLevelEnabled: _, ...without } = logger;
    const failing = { ...logger, isLevelEnabled: () => expect.fail('a logger of somebody else') };
    for (const one of [without, failing])
      expect(levels.filter((level) => forgiving(one).isLevelEnabled?.(level))).toEqual(levels);
  });

  it('writes errors with cause and code, and their stacks at debug alone', async () => {
    const error = Object.assign(new Error('outer', { cause: new TypeError('inner') }), { code: 'E_OUTER' });
    const info = await memory('info');
    info.logger.error({ err: error }, 'failed');
    expect(info.last().err).toEqual({
      type: 'Error',
      message: 'outer',
      code: 'E_OUTER',
      cause: { type: 'TypeError', message: 'inner' },
    });
    const debug = await memory('debug');
    debug.logger.error({ err: error }, 'failed');
    expect(debug.last().err).toMatchObject({ stack: expect.stringMatching(/log\.test\.ts:\d+/) });
    expect(debug.text()).not.toContain(import.meta.dirname);
  });

  it('writes what is circular, deep, long or no JSON without failing, within bounds', async () => {
    const { logger, text } = await memory();
    const circular: Record<string, unknown> = {
      big: 10n,
      at: new Date(0),
      bytes: Buffer.alloc(9),
      list: Array(1_000).fill(1),
    };
    circular.self = circular;
    logger.info({ circular, long: 'x'.repeat(100_000) }, 'bounded');
    expect(text().length).toBeLessThan(50_000);
    expect(JSON.parse(text())).toMatchObject({ circular: { big: '10', bytes: '[9 bytes]' } });
  });

  it.each<[string, Record<string, unknown>]>([
    ['a header', { headers: { Authorization: `Bearer ${PLANTED}` } }],
    [
      'a header of another name',
      {
        headers: {
          'x-api-key': PLANTED,
          'X-Auth-Key': PLANTED,
          'Ocp-Apim-Subscription-Key': PLANTED,
          cookie: `a=${PLANTED}`,
          'Proxy-Authorization': PLANTED,
        },
      },
    ],
    [
      'a body',
      { body: { user: 'ann', password: PLANTED, nested: [{ refresh_token: PLANTED, client_secret: PLANTED }] } },
    ],
    ['a token request', { body: { code: PLANTED, code_verifier: PLANTED, client_assertion: PLANTED } }],
    ['a body as text', { body: `{"password": "${PLANTED}", "a": 1}` }],
    ['a form as text', { body: `grant_type=authorization_code&code=${PLANTED}&code_verifier=${PLANTED}` }],
    ['a URL', { url: `https://a.example/cb?code=${PLANTED}&access_token=${PLANTED}#id_token=${PLANTED}` }],
    ['a Redis URL', { redis: `redis://user:${PLANTED}@localhost:6379/0`, other: `rediss://:p@${PLANTED}@h:1` }],
    ['a URL object', { url: new URL(`redis://:${PLANTED}@localhost`) }],
    ['a text', { note: `sent Authorization: Bearer ${PLANTED} to it` }],
    ['a basic login', { note: `Basic ${Buffer.from(`ann:${PLANTED}`).toString('base64')}` }],
    [
      'an error',
      { err: new Error(`connect to redis://:${PLANTED}@h failed`, { cause: new Error(`token=${PLANTED}`) }) },
    ],
    ['a JSON Web Token', { note: `got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ${PLANTED}.${PLANTED}` }],
  ])('redacts secrets in %s', async (_where, fields) => {
    const { logger, text } = await memory('debug');
    logger.info(fields, 'with fields');
    logger.child(fields).warn('of a child');
    expect(text()).toContain('with fields');
    expect(text()).toContain('of a child');
    expect(text()).not.toContain(PLANTED);
    expect(text()).not.toContain(Buffer.from(`ann:${PLANTED}`).toString('base64'));
    expect(text()).toContain('[redacted]');
  });

  it('redacts messages, interpolated values, and errors that are logged alone', async () => {
    const { logger, text } = await memory();
    logger.info(`redis://:${PLANTED}@h`);
    logger.info('to %s', `https://h/?token=${PLANTED}`);
    logger.info('with %o', { password: PLANTED });
    logger.error(new Error(`token=${PLANTED}`));
    expect(text().trim().split('\n')).toHaveLength(4);
    expect(text()).not.toContain(PLANTED);
  });

  it('lets no control character and no mark of direction through, in fields, messages and errors', async () => {
    const hostile = 'a\u001b[2J\u0007\u009b\u0085\u202eb';
    const { logger, text } = await memory('debug');
    logger.child({ of: hostile }).error({ field: hostile, list: [hostile], err: new Error(hostile) }, hostile);
    expect(text().match(/a +b/g)?.length).toBeGreaterThanOrEqual(6);
    expect(text()).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}|\\u00/u);
  });

  it('lets none through in names of fields, session ids, and names and codes of errors either', async () => {
    const hostile = 'a\u001b[2J\u0007\u009b\u0085\u202e\u2028\u2029b';
    const error = Object.assign(new Error('m'), { name: hostile, code: hostile });
    const { logger, text } = await memory('debug');
    logger.child({ [hostile]: 1 }).error({ err: error, [hostile]: 1, deep: { [hostile]: 1 }, sessionId: hostile }, 'm');
    expect(text().match(/a +b/g)?.length).toBeGreaterThanOrEqual(6);
    expect(text()).not.toMatch(/[^\P{Cc}\n]|[\p{Bidi_C}\u2028\u2029]|\\u00/u);
  });

  it('shortens session ids', async () => {
    const { logger, last } = await memory();
    logger.info({ sessionId: '0123456789abcdef', headers: { 'mcp-session-id': '0123456789abcdef' } }, 'm');
    expect(last()).toMatchObject({ sessionId: '01234567…', headers: { 'mcp-session-id': '01234567…' } });
  });
});

describe('the log on stderr', () => {
  let folder: string;
  let script: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(import.meta.dirname, '../node_modules/.log-'));
    script = join(folder, 'log.mjs');
    const contents = `
      import { createLogger } from '../../src/log.js';
      const logger = await createLogger({ pretty: process.argv[2] === 'pretty' });
      logger.info({ n: 1 }, 'first');
      if (process.argv[2] === 'exit') process.exit(0);
      if (process.argv[2] === 'gone') {
        process.stdin.once('data', () => {
          let left = 50;
          const more = () => { logger.info('more'); if (left-- > 0) setTimeout(more, 2); else process.stdout.write('alive', () => process.exit(0)); };
          more();
        });
      }`;
    const stdin = { contents, resolveDir: folder, loader: 'ts' as const };
    await build({ stdin, outfile: script, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(mode: string) {
    const child = spawn(process.execPath, [script, mode], { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await once(child, 'close');
    return { stdout, stderr, code: child.exitCode };
  }

  it('is complete when the process ends by itself, or exits at once', async () => {
    for (const mode of ['end', 'exit']) {
      const { stdout, stderr, code } = await run(mode);
      expect([stdout, code], mode).toEqual(['', 0]);
      expect(JSON.parse(stderr), mode).toMatchObject({ level: 'info', n: 1, message: 'first' });
    }
  });

  it('is for people when it is to be pretty', async () => {
    const { stderr } = await run('pretty');
    expect(stderr).toMatch(/INFO.*first/);
    expect(stderr).not.toContain('"level"');
  });

  it('does not end the process when nobody reads it any more', async () => {
    const child = spawn(process.execPath, [script, 'gone'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await once(child.stderr, 'data');
    child.stderr.destroy();
    child.stdin.end('go');
    await once(child, 'close');
    expect([stdout, child.exitCode]).toEqual(['alive', 0]);
  });
});

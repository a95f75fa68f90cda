import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTACKS, startHostileServer } from './attacks.js';
import type { Attack, Era, HostileServer, Way } from './attacks.js';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.close());

const attack = (name: string): Attack => ATTACKS.find((one) => one.name === name) as Attack;

describe('a server that sends without end is held to a bound', () => {
  // A few of all, for every run of the tests: the rest is played by strangers-hostile.test.ts.
  it.each<[name: string, way: Way, era: Era]>([
    ['endless', 'stdio', 'legacy'],
    ['bomb', 'json', 'legacy'],
    ['endless', 'stream', 'modern'],
    ['deep-a-little', 'sse', 'legacy'],
    ['error-body', 'json', 'legacy'],
    ['error-words', 'json', 'legacy'],
    ['pages', 'json', 'modern'],
    ['long-name', 'json', 'legacy'],
    ['questions', 'json', 'modern'],
  ])('%s, over %s in the %s era', async (name, way, era) => {
    const of = ATTACKS.find((one) => one.name === name && (one.era ?? era) === era) as Attack;
    await server.play(of, [way, era]);
  });
});

describe('a schema whose end nobody lives to see is given up', () => {
  it.each(['pattern', 'doubled-references', 'recursive-input'])('%s', async (name) => {
    const { ms } = await server.play(attack(name), ['json', 'legacy'], 12_000);
    expect(ms).toBeLessThan(12_000);
  });
});

it.each<[name: string, way: Way]>([
  ['progress', 'stdio'],
  ['progress', 'stream'],
  ['logs', 'sse'],
])('Ctrl-C ends a call in a flood of %s over %s', { timeout: 20_000 }, async (name, way) => {
  const child = server.start(name, [way, 'legacy']);
  child.stdout.resume();
  child.stdin.end();
  let tail = '';
  let interrupted = false;
  let cancelled = false;
  child.stderr.on('data', (chunk: Buffer) => {
    tail = `${tail.slice(-200)}${chunk.toString()}`;
    cancelled ||= tail.includes('Cancelled.');
    // The flood has come to it.
    if (!interrupted && /<-- .*notifications\//.test(tail)) interrupted = child.kill('SIGINT');
  });
  const far = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(far);
  expect(interrupted).toBe(true);
  expect(cancelled).toBe(true);
  expect(code).toBe(130);
});

it('an address that is not a web page is not shown, and declined whatever the flags say', async () => {
  const { stderr } = await server.play(attack('page'), ['json', 'modern']);
  expect(stderr).not.toContain('passwd');
});

it('what libraries and Node warn of is not told, and with --trace in one clean line', async () => {
  const { stderr } = await server.play({ name: 'retry', code: 4, words: /closed the stream before it answered/ }, [
    'sse',
    'legacy',
  ]);
  expect(stderr).not.toContain('TimeoutOverflowWarning');
  const traced = await server.play(
    { name: 'retry', verb: ['call', 'x', '--trace'], code: 4, words: /closed the stream before it answered/ },
    ['sse', 'legacy'],
  );
  expect(traced.stderr).toMatch(/^library: TimeoutOverflowWarning: \d+ does not fit/m);
});

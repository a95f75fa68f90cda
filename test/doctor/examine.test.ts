import { expect, it } from 'vitest';
import type { Check } from '../../src/doctor/index.js';
import { examine, worst } from '../../src/doctor/index.js';
import { machine } from './machine.js';

function check(over: Partial<Check>): Check {
  return { id: 'test', title: 'Test', timeoutMs: 2_000, run: async () => [{ level: 'ok', message: 'fine' }], ...over };
}

async function reportsOf(...checks: Check[]) {
  return Promise.all(examine(checks, machine()).map(({ report }) => report));
}

it('ends a check that takes longer than its limit, and tells it to stop', async () => {
  let stopped = false;
  const [report] = await reportsOf(
    check({
      timeoutMs: 30,
      run: (_context, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (stopped = true));
        }),
    }),
  );
  expect(report?.findings).toEqual([
    { level: 'failure', message: 'not done within 0.03 s', fix: expect.stringContaining('--only test --timeout') },
  ]);
  expect(stopped).toBe(true);
});

it('warns of nothing where many checks listen to one signal', async () => {
  const warned: string[] = [];
  const listen = (warning: Error) => warned.push(warning.message);
  process.on('warning', listen);
  try {
    const checks = Array.from({ length: 20 }, (_, index) => check({ id: `test-${index}` }));
    const { signal } = new AbortController();
    await Promise.all(examine(checks, machine(), { signal }).map(({ report }) => report));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warned).toEqual([]);
  } finally {
    process.off('warning', listen);
  }
});

it('turns an error of a check into a failure with the deepest cause', async () => {
  const error = new Error('outer', { cause: new AggregateError([new Error('connect ECONNREFUSED')]) });
  const [report] = await reportsOf(check({ run: () => Promise.reject(error) }));
  expect(report?.findings[0]).toMatchObject({ level: 'failure', message: 'the check broke off: connect ECONNREFUSED' });
});

it('aborts the signal of a check that is done, so that nothing goes on behind it', async () => {
  let signal: AbortSignal | undefined;
  await reportsOf(check({ run: async (_context, given) => ((signal = given), []) }));
  expect(signal?.aborted).toBe(true);
});

it('lets no control character of what was examined through, and bounds its length and number', async () => {
  const message = `\u001b[31mred\u001b[39m\u0008\n${'x'.repeat(5_000)}`;
  const [report] = await reportsOf(
    check({ run: async () => Array.from({ length: 100 }, () => ({ level: 'warning', message, fix: '\u001b[2Jfix' })) }),
  );
  expect(report?.findings).toHaveLength(31);
  expect(report?.findings.at(-1)?.message).toBe('and 70 more of the kind');
  expect(JSON.stringify(report)).not.toMatch(/\\u00[01]/);
  expect(report?.findings[0]?.message.startsWith('red xxx')).toBe(true);
  expect(report?.findings[0]?.message.length).toBeLessThan(700);
});

it('leaves out what can only fail for the same cause, however far behind it stands', async () => {
  const ran: string[] = [];
  const make = (id: string, after: string | undefined, level: 'ok' | 'failure'): Check =>
    check({ id, ...(after !== undefined && { after }), run: async () => (ran.push(id), [{ level, message: id }]) });
  const reports = await reportsOf(
    make('a', undefined, 'failure'),
    make('b', 'a', 'ok'),
    make('c', 'b', 'ok'),
    make('d', undefined, 'ok'),
    make('e', 'd', 'ok'),
  );
  expect(ran.sort()).toEqual(['a', 'd', 'e']);
  expect(reports.map(({ findings }) => worst(findings))).toEqual(['failure', 'info', 'info', 'ok', 'ok']);
});

it('runs a check by itself when the one before it was not chosen', async () => {
  const [report] = await reportsOf(check({ after: 'not-chosen' }));
  expect(report?.findings).toEqual([{ level: 'ok', message: 'fine' }]);
});

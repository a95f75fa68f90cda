import { expect, it } from 'vitest';

const BENCH = new URL('../bench/', import.meta.url);

/** Plain JavaScript, which the sources know nothing of. */
const bench = (path: string): Promise<Record<string, (...args: unknown[]) => unknown>> =>
  import(/* @vite-ignore */ new URL(path, BENCH).href) as never;

it('a short run fails for a row that has less than 80 % of its target, and for no other', async () => {
  const { tooSlow } = await bench('report/targets.js');
  const turn = (subject: string, cpuMicros: number) => ({
    round: 1,
    subject,
    work: 'calculate',
    cpuMicros,
    perSecond: 1,
  });
  const slow = (quiet: number) => tooSlow?.({ turns: [turn('quiet', quiet), turn('floor', 10)] }) as object[];
  expect(slow(17 / 0.79)).toMatchObject([{ title: '`calculate`, stateless, no access line', shown: '2.15 ×' }]);
  expect(slow(17 / 0.81)).toEqual([]);
});

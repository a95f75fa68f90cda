import { expect, it } from 'vitest';
import { demoProgress } from '../../../src/calculator-catalog/tools/demo-progress.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

it('reports five steps where nothing else is asked for, about 200 ms apart', async () => {
  const { context, progress } = callContext();
  const began = performance.now();
  const { text, structured } = await callTool(demoProgress, {}, context);
  expect(performance.now() - began).toBeGreaterThan(950);
  expect(text).toBe('Progress demonstration completed with 5 steps');
  expect(structured).toEqual({ steps: 5 });
  expect(progress).toEqual([
    { done: 0.2, total: 1, message: 'Progress step 1 of 5' },
    { done: 0.4, total: 1, message: 'Progress step 2 of 5' },
    { done: 0.6, total: 1, message: 'Progress step 3 of 5' },
    { done: 0.8, total: 1, message: 'Progress step 4 of 5' },
    { done: 1, total: 1, message: 'Progress step 5 of 5' },
  ]);
});

it('stops waiting the moment the call is cancelled', async () => {
  const cancellation = new AbortController();
  const reached: number[] = [];
  const { context } = callContext({
    signal: cancellation.signal,
    async progress(done) {
      reached.push(done);
      setTimeout(() => cancellation.abort(), 1);
    },
  });
  await expect(callTool(demoProgress, { steps: 20 }, context)).rejects.toHaveProperty('name', 'AbortError');
  expect(reached).toEqual([0.05]);
});

it.each([0, 21, 1.5])('refuses %d steps', async (steps) => {
  await expect(callTool(demoProgress, { steps }, callContext().context)).rejects.toHaveProperty('name', 'ZodError');
});

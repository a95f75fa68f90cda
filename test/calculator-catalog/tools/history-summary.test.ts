import { expect, it } from 'vitest';
import { calculate } from '../../../src/calculator-catalog/tools/calculate.js';
import { historySummary } from '../../../src/calculator-catalog/tools/history-summary.js';
import { callContext, testSession } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

/** A context whose session has made this many calculations: 1 + 0, 2 + 0 … */
async function afterCalculations(count: number) {
  const { context } = callContext({ session: { ...testSession, calculationCount: count } });
  for (let a = 1; a <= count; a++) await callTool(calculate, { a, b: 0, op: 'add' }, context);
  return context;
}

it('shows the latest calculations, newest first, each with a link', async () => {
  const context = await afterCalculations(3);
  const { text, content, structured } = await callTool(historySummary, { limit: 2 }, context);
  expect(text).toBe('The latest 2 of 3 calculations, newest first:\n1. 3 + 0 = 3 (add)\n2. 2 + 0 = 2 (add)');
  expect(structured).toMatchObject({
    total: 3,
    calculations: [
      { id: 'calculation-3', value: 3 },
      { id: 'calculation-2', value: 2 },
    ],
  });
  expect(content.slice(1)).toMatchObject([
    { type: 'resource_link', uri: 'calculator://history/calculation-3', title: '3 + 0 = 3' },
    { type: 'resource_link', uri: 'calculator://history/calculation-2', title: '2 + 0 = 2' },
  ]);
});

it('shows ten where nothing else is asked for, and 25 at most', async () => {
  const context = await afterCalculations(30);
  const shown = async (args: Record<string, unknown>) =>
    (await callTool(historySummary, args, context)).content.length - 1;
  expect(await shown({})).toBe(10);
  expect(await shown({ limit: 25 })).toBe(25);
  await expect(shown({ limit: 26 })).rejects.toHaveProperty('name', 'ZodError');
  await expect(shown({ limit: 0 })).rejects.toHaveProperty('name', 'ZodError');
});

it('says so where there is nothing to show', async () => {
  const { context } = callContext();
  const empty = await callTool(historySummary, {}, context);
  expect(empty.text).toBe('Nothing has been calculated in this session yet.');
  expect(empty.structured).toEqual({ calculations: [], total: 0 });
});

it('says so where there are no sessions', async () => {
  const { context } = callContext({ session: undefined });
  const { text, structured } = await callTool(historySummary, {}, context);
  expect(text).toBe('This server is stateless and keeps no history.');
  expect(structured).toEqual({ calculations: [], total: 0 });
});

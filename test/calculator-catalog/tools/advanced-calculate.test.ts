import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/catalog/errors.js';
import { advancedCalculate } from '../../../src/calculator-catalog/tools/advanced-calculate.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

describe('advanced_calculate', () => {
  it('computes base^value, and keeps it in the history', async () => {
    const { context, history } = callContext();
    const { text, structured } = await callTool(advancedCalculate, { operation: 'power', base: 2, value: 10 }, context);
    expect(text).toBe('POWER: 2 ^ 10 = 1024');
    expect(structured).toMatchObject({
      value: 1024,
      operation: 'power',
      expression: '2 ^ 10',
      calculationId: 'calculation-1',
    });
    expect(history).toMatchObject([{ operation: 'power', expression: '2 ^ 10', value: 1024 }]);
  });

  it.each([
    [{ operation: 'factorial', value: 1e9 }, 'factorial: n must be at most 170, and 1000000000 is more.'],
    [{ operation: 'sqrt', value: -1 }, 'sqrt(-1) has no real value: use a number of 0 or more.'],
    [{ operation: 'log', value: 0 }, 'log of 0 has no real value: use a number above 0.'],
  ])('refuses %o in words that a model can act on', async (args, message) => {
    await expect(callTool(advancedCalculate, args, callContext().context)).rejects.toThrow(new ToolError(message));
  });

  it.each([
    [{ operation: 'power', value: 2 }, 'power needs \\"base\\"'],
    [{ operation: 'combinations', value: 5 }, 'combinations needs \\"k\\"'],
    [{ operation: 'permutations', value: 5, k: 1.5 }, 'expected int'],
    [{ operation: 'permutations', value: 5, k: -1 }, '>=0'],
    [{ operation: 'cot', value: 5 }, 'Invalid option'],
  ])('refuses %o by its schema', async (args, message) => {
    await expect(callTool(advancedCalculate, args, callContext().context)).rejects.toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { batchCalculate } from '../../../src/calculator-catalog/tools/batch-calculate.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

const sum = { a: 1, b: 2, op: 'add' };
const impossible = { a: 1, b: 0, op: 'divide' };

describe('batch_calculate', () => {
  it('gives every item its own result or its own error, in order', async () => {
    const { context } = callContext();
    const third = { a: 10, b: 3, op: 'divide', precision: 1 };
    const { text, structured } = await callTool(batchCalculate, { calculations: [sum, impossible, third] }, context);
    const error = 'Division by zero: 1 ÷ 0 has no value. Use a divisor other than 0.';
    expect(structured).toEqual({
      results: [
        { index: 0, success: true, operation: 'add', expression: '1 + 2', value: 3, calculationId: 'calculation-1' },
        { index: 1, success: false, operation: 'divide', expression: '1 ÷ 0', error },
        {
          index: 2,
          success: true,
          operation: 'divide',
          expression: '10 ÷ 3',
          value: 3.3,
          calculationId: 'calculation-2',
        },
      ],
      succeeded: 2,
      failed: 1,
    });
    expect(text).toBe(`2 of 3 calculations succeeded:\n1. 1 + 2 = 3\n2. Error: ${error}\n3. 10 ÷ 3 = 3.3`);
  });

  it('keeps what succeeded, and nothing else', async () => {
    const { context, history, updates } = callContext();
    await callTool(batchCalculate, { calculations: [sum, impossible, sum] }, context);
    expect(history.map(({ expression }) => expression)).toEqual(['1 + 2', '1 + 2']);
    expect(updates.filter((uri) => uri === 'calculator://history')).toHaveLength(2);
  });

  it('reports progress after each item where it is asked to', async () => {
    const { context, progress } = callContext();
    await callTool(batchCalculate, { calculations: [sum, impossible], reportProgress: true }, context);
    expect(progress).toEqual([
      { done: 1, total: 2, message: 'Calculated 1 of 2' },
      { done: 2, total: 2, message: 'Calculated 2 of 2' },
    ]);
  });

  it('ends between two items when the call is cancelled', async () => {
    const cancellation = new AbortController();
    const { context, history } = callContext({
      signal: cancellation.signal,
      progress: async () => cancellation.abort(),
    });
    const call = callTool(batchCalculate, { calculations: [sum, sum, sum], reportProgress: true }, context);
    await expect(call).rejects.toHaveProperty('name', 'AbortError');
    expect(history).toHaveLength(1);
  });

  it('fails as a whole when the history is out of reach', async () => {
    const outage = new Error('the store is away');
    const { context } = callContext();
    const history = { ...context.history, add: () => Promise.reject(outage) };
    await expect(callTool(batchCalculate, { calculations: [sum] }, { ...context, history })).rejects.toBe(outage);
  });

  it('takes 1 to 100 calculations', async () => {
    const { context, history } = callContext();
    await callTool(batchCalculate, { calculations: Array(100).fill(sum) }, context);
    expect(history).toHaveLength(100);
    await expect(callTool(batchCalculate, { calculations: Array(101).fill(sum) }, context)).rejects.toThrow(
      /<=100 items/,
    );
    await expect(callTool(batchCalculate, { calculations: [] }, context)).rejects.toThrow(/>=1 items/);
  });
});

import { ZodError } from 'zod';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/catalog/errors.js';
import { calculate } from '../../../src/calculator-catalog/tools/calculate.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

describe('calculate', () => {
  it('answers with the steps as text, and with the value as structure', async () => {
    const { context } = callContext();
    const { text, structured } = await callTool(calculate, { a: 100, b: 5, op: 'divide', precision: 4 }, context);
    expect(text).toBe(
      'DIVIDE: 100 ÷ 5 = 20\n\nSteps:\nInput: 100 divide 5\nDivision: 100 ÷ 5 = 20\nFinal result (4 decimal places): 20',
    );
    expect(structured).toMatchObject({
      value: 20,
      operation: 'divide',
      expression: '100 ÷ 5',
      calculationId: 'calculation-1',
    });
  });

  it('keeps the calculation, with the time that it answers, and tells the subscribers', async () => {
    const { context, history, updates } = callContext();
    const { structured } = await callTool(calculate, { a: 0.1, b: 0.2, op: 'add' }, context);
    const { timestamp } = structured;
    expect(new Date(String(timestamp)).toISOString()).toBe(timestamp);
    expect(history).toEqual([
      { id: 'calculation-1', operation: 'add', expression: '0.1 + 0.2', value: 0.3, timestamp },
    ]);
    expect(updates).toEqual(['calculator://stats', 'calculator://history', 'session://info']);
  });

  it('has no id, and changes the statistics alone, without a session', async () => {
    const { context, updates } = callContext({ session: undefined });
    const { structured } = await callTool(calculate, { a: 2, b: 3, op: 'multiply' }, context);
    expect(structured).toMatchObject({ value: 6 });
    expect(structured).not.toHaveProperty('calculationId');
    expect(updates).toEqual(['calculator://stats']);
  });

  it('reports each step where it is asked to', async () => {
    const { context, progress } = callContext();
    await callTool(calculate, { a: 10, b: 3, op: 'divide', precision: 2, stream: true }, context);
    expect(progress).toEqual([
      { done: 1, total: 3, message: 'Input: 10 divide 3' },
      { done: 2, total: 3, message: 'Division: 10 ÷ 3 = 3.3333333333333335' },
      { done: 3, total: 3, message: 'Final result (2 decimal places): 3.33' },
    ]);
  });

  it('reports nothing where it is not', async () => {
    const { context, progress } = callContext();
    await callTool(calculate, { a: 10, b: 3, op: 'divide' }, context);
    expect(progress).toEqual([]);
  });

  it('tells its client at the level debug what it has calculated', async () => {
    const { context, logs } = callContext();
    await callTool(calculate, { a: '9007199254740993', b: 1, op: 'add' }, context);
    expect(logs).toEqual([{ level: 'debug', data: '9007199254740993 + 1 = 9007199254740994', logger: 'calculate' }]);
  });

  it('keeps nothing of a division by zero, and says what to do', async () => {
    const { context, history } = callContext();
    await expect(callTool(calculate, { a: 1, b: 0, op: 'divide' }, context)).rejects.toThrow(
      new ToolError('Division by zero: 1 ÷ 0 has no value. Use a divisor other than 0.'),
    );
    expect(history).toEqual([]);
  });

  it('answers nothing that the history did not take', async () => {
    const outage = new Error('the store is away');
    const { context } = callContext();
    const history = { ...context.history, add: () => Promise.reject(outage) };
    await expect(callTool(calculate, { a: 1, b: 2, op: 'add' }, { ...context, history })).rejects.toBe(outage);
  });

  it.each([
    [{ a: 1, b: 2, op: 'modulo' }, 'op'],
    [{ a: 1, b: 2, op: 'add', precision: 16 }, 'precision'],
    [{ a: 1, b: 2, op: 'add', precision: -1 }, 'precision'],
    [{ a: 1, b: 2, op: 'add', precision: 0.5 }, 'precision'],
    [{ a: Number.NaN, b: 2, op: 'add' }, 'a'],
    [{ a: 1, b: Infinity, op: 'add' }, 'b'],
    [{ a: 'one', b: 2, op: 'add' }, 'a'],
    [{ a: 1, b: '1'.repeat(31), op: 'add' }, 'b'],
    [{ a: 1, b: '1e1001', op: 'add' }, 'b'],
    [{ a: 1, op: 'add' }, 'b'],
  ])('refuses %o by its schema, at %s', async (args, path) => {
    const refusal = await callTool(calculate, args, callContext().context).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ZodError);
    expect((refusal as ZodError).issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

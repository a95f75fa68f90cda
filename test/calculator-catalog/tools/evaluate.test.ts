import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/catalog/errors.js';
import { evaluate } from '../../../src/calculator-catalog/tools/evaluate.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

describe('evaluate', () => {
  it('evaluates an expression, and keeps it in the history', async () => {
    const { context, history } = callContext();
    const { text, structured } = await callTool(evaluate, { expression: ' 2 *\n (3 + 4) ' }, context);
    expect(text).toBe('2 * (3 + 4) = 14');
    expect(structured).toMatchObject({ value: 14, operation: 'evaluate', expression: '2 * (3 + 4)' });
    expect(history).toMatchObject([{ operation: 'evaluate', expression: '2 * (3 + 4)', value: 14 }]);
  });

  it('says which values the names had', async () => {
    const { context } = callContext();
    const { text } = await callTool(evaluate, { expression: 'x ^ 2 + y', variables: { x: 3, y: -1 } }, context);
    expect(text).toBe('x ^ 2 + y = 8\nwhere x = 3, y = -1');
  });

  it('says where an expression can not be read', async () => {
    const call = callTool(evaluate, { expression: '2 * (3 + )' }, callContext().context);
    await expect(call).rejects.toThrow(new ToolError('Unexpected ")" at character 10.'));
  });

  it('takes no variable from the prototype', async () => {
    const args = JSON.parse('{"expression": "__proto__", "variables": {"__proto__": 1}}') as Record<string, unknown>;
    await expect(callTool(evaluate, args, callContext().context)).rejects.toThrow(ToolError);
  });

  it.each([
    { expression: '' },
    { expression: '1'.repeat(1_001) },
    { expression: 'x', variables: { '1x': 1 } },
    { expression: 'x', variables: { x: 'one' } },
  ])('refuses %o by its schema', async (args) => {
    await expect(callTool(evaluate, args, callContext().context)).rejects.toHaveProperty('name', 'ZodError');
  });
});

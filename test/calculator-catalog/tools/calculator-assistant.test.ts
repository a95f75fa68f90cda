import { describe, expect, it } from 'vitest';
import type { CallContext, SamplingRequest } from '../../../src/catalog/context.js';
import { calculatorAssistant } from '../../../src/calculator-catalog/tools/calculator-assistant.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

const calculation = { operation: 'divide', expression: '100 ÷ 5', value: 20, timestamp: '2026-01-01T00:00:00.000Z' };

async function withHistory(overrides: Partial<CallContext> = {}) {
  const recording = callContext(overrides);
  await recording.context.history.add(calculation);
  return recording;
}

function ask(query: string, context: CallContext, includeHistory = false) {
  return callTool(calculatorAssistant, { query, includeHistory }, context);
}

describe('a question that holds a calculation', () => {
  it('is answered with it, and it is kept', async () => {
    const { context, history } = callContext();
    const { text, structured } = await ask('What is 15 plus 27?', context);
    expect(text).toBe('15 + 27 = 42');
    expect(structured).toMatchObject({ answeredWith: 'calculation', value: 42, calculationId: history[0]?.id });
    expect(structured).not.toHaveProperty('history');
  });

  it('is answered with the history before it, where that is wanted', async () => {
    const { context } = await withHistory();
    const { text, structured } = await ask('12 times 4', context, true);
    expect(text).toBe('12 * 4 = 48\n\nBefore that, newest first:\n- 100 ÷ 5 = 20');
    expect(structured['history']).toEqual([{ ...calculation, id: 'calculation-1' }]);
  });
});

describe('a question for the history', () => {
  it.each(['show my history', 'What did I calculate?', 'what was my last result', 'list the previous 3 calculations'])(
    '%s',
    async (query) => {
      const { context } = await withHistory();
      const { text, structured } = await ask(query, context);
      expect(text).toContain('- 100 ÷ 5 = 20');
      expect(structured).toMatchObject({ answeredWith: 'history', history: [{ id: 'calculation-1', value: 20 }] });
    },
  );

  it('is answered in words while there is none', async () => {
    const { text, structured } = await ask('show my history', callContext().context);
    expect(text).toBe('Nothing has been calculated in this session yet.');
    expect(structured['history']).toEqual([]);
  });

  it('is a tool error when stateless', async () => {
    await expect(ask('show my history', callContext({ session: undefined }).context)).rejects.toThrow(
      'keeps no history',
    );
  });
});

describe('any other question', () => {
  it("goes to the client's model, with the history where that is wanted", async () => {
    const requests: SamplingRequest[] = [];
    const { context } = await withHistory({
      client: { elicitation: false, elicitationUrl: false, sampling: true, roots: false, tasks: false },
      async sample(request) {
        requests.push(request);
        return { text: 'A division.', content: [], model: 'a-model' };
      },
    });
    const { text, structured } = await ask('What kind of sums do I like?', context, true);
    expect(text).toContain('A division.');
    expect(structured).toMatchObject({ answer: 'A division.', answeredWith: 'model', model: 'a-model' });
    expect(requests[0]?.messages[0]?.content).toMatchObject({
      text: expect.stringMatching(/100 ÷ 5 = 20\n\nWhat kind of sums/),
    });
    await ask('What kind of sums do I like?', context);
    expect(requests[1]?.messages[0]?.content).toEqual({ type: 'text', text: 'What kind of sums do I like?' });
  });

  it('is a tool error that says what is understood, where the client has no model', async () => {
    await expect(ask('Tell me a joke', callContext().context)).rejects.toThrow(/I understand: .*15 plus 27/);
  });
});

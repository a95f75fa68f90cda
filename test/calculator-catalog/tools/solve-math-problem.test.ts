import { describe, expect, it } from 'vitest';
import type { CallContext, ElicitationSchema, Elicited, SamplingRequest } from '../../../src/catalog/context.js';
import { ToolError } from '../../../src/catalog/errors.js';
import { solveMathProblem } from '../../../src/calculator-catalog/tools/solve-math-problem.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

/** A client that can be asked, and what it was asked. */
function asking(answer: Elicited) {
  const asked: { message: string; schema: ElicitationSchema }[] = [];
  const recording = callContext({
    client: { elicitation: true, elicitationUrl: false, sampling: false, roots: false, tasks: false },
    async elicit(message, schema) {
      asked.push({ message, schema });
      return answer;
    },
  });
  return { ...recording, asked };
}

function solve(problem: string, context: CallContext, showSteps?: boolean) {
  return callTool(solveMathProblem, { problem, ...(showSteps !== undefined && { showSteps }) }, context);
}

describe('arithmetic in words', () => {
  it.each([
    ['what is 15 plus 27', 42],
    ['12 times 4', 48],
    ['20% of 150', 30],
    ['100 divided by 5', 20],
    ['area of a rectangle 5 by 3', 15],
    ['area of circle with radius 2', 12.566370614359172],
    ['0.1 + 0.2', 0.3],
    ['Sarah has 15 apples and gives away 7. How many apples are left?', 8],
  ])('%s is %d', async (problem, value) => {
    const { text, structured } = await solve(problem, callContext().context);
    expect(structured).toMatchObject({ problem, value, solvedBy: 'calculator' });
    expect(text).toContain(String(value));
  });

  it('is solved with steps, unless they are not wanted', async () => {
    const { text, structured } = await solve('2 * (3 + 4)', callContext().context);
    expect(text).toBe('2 * (3 + 4) = 14\n\nSteps:\nUnderstood: 2 * (3 + 4)\n3 + 4 = 7\n2 × 7 = 14\nResult: 14');
    expect(structured['steps']).toHaveLength(4);
    const brief = await solve('2 * (3 + 4)', callContext().context, false);
    expect([brief.text, brief.structured['steps']]).toEqual(['2 * (3 + 4) = 14', []]);
  });

  it('is kept in the history, and its subscribers are told', async () => {
    const { context, history, updates } = callContext();
    const { structured } = await solve('12 times 4', context);
    expect(history).toEqual([
      expect.objectContaining({ id: structured['calculationId'], operation: 'solve', expression: '12 * 4', value: 48 }),
    ]);
    expect(updates).toContain('calculator://history');
  });

  it('without a result is a tool error in words', async () => {
    const { context, history } = callContext();
    await expect(solve('what is 5 divided by 0?', context)).rejects.toThrow(/Division by zero/);
    await expect(solve('5 / (3 - 3)', context)).rejects.toBeInstanceOf(ToolError);
    expect(history).toEqual([]);
  });
});

describe('an area without numbers', () => {
  it('asks for the length and the width of a rectangle', async () => {
    const { context, asked } = asking({ action: 'accept', content: { length: 2.5, width: 4 } });
    const { structured } = await solve('What is the area of a rectangle?', context);
    expect(structured).toMatchObject({
      value: 10,
      expression: '2.5 * 4',
      understood: 'the area of a rectangle with length 2.5 and width 4',
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.schema).toMatchObject({
      type: 'object',
      properties: { length: { type: 'number', minimum: 0 }, width: { type: 'number', minimum: 0 } },
      required: ['length', 'width'],
    });
  });

  it('asks for the radius of a circle', async () => {
    const { context, asked } = asking({ action: 'accept', content: { radius: 3 } });
    expect((await solve('area of a circle', context)).structured).toMatchObject({ value: 28.274333882308138 });
    expect(asked[0]?.message).toContain('radius');
  });

  it('is a tool error where the person does not answer', async () => {
    await expect(solve('area of a circle', asking({ action: 'decline' }).context)).rejects.toThrow(
      /needs its radius.*not given/,
    );
    await expect(solve('area of a circle', asking({ action: 'cancel' }).context)).rejects.toThrow(/cancelled/);
  });

  it.each([{}, { radius: '3' }, { radius: -1 }, { radius: 1e300 }, { radius: null }])(
    'is a tool error for the answer %j',
    async (content) => {
      await expect(solve('area of a circle', asking({ action: 'accept', content }).context)).rejects.toThrow(
        'The radius must be a number',
      );
    },
  );

  it("is a tool error where the client can't be asked", async () => {
    await expect(solve('area of a rectangle', callContext().context)).rejects.toThrow(
      /needs its length and width.*elicitation/,
    );
  });
});

describe('what holds no arithmetic that can be read', () => {
  it("goes to the client's model", async () => {
    const requests: SamplingRequest[] = [];
    const { context, history } = callContext({
      client: { elicitation: false, elicitationUrl: false, sampling: true, roots: false, tasks: false },
      async sample(request) {
        requests.push(request);
        return { text: 'There are infinitely many.', content: [], model: 'a-model' };
      },
    });
    const { text, structured } = await solve('How many primes are there?', context);
    expect(text).toBe('There are infinitely many.');
    expect(structured).toMatchObject({ solvedBy: 'model', model: 'a-model', steps: [] });
    expect(structured).not.toHaveProperty('value');
    expect(requests[0]?.messages[0]?.content).toEqual({ type: 'text', text: 'How many primes are there?' });
    expect(history).toEqual([]);
  });

  it('is a tool error where the model gives no text', async () => {
    const { context } = callContext({
      client: { elicitation: false, elicitationUrl: false, sampling: true, roots: false, tasks: false },
      sample: async () => ({ text: ' ', content: [], model: 'm' }),
    });
    await expect(solve('How many primes are there?', context)).rejects.toBeInstanceOf(ToolError);
  });

  it('is a tool error that says what is understood, where the client has no model', async () => {
    await expect(solve('How many primes are there?', callContext().context)).rejects.toThrow(
      /no arithmetic.*I understand: .*20% of 150/,
    );
  });
});

it('an empty or overlong problem does not pass the schema', async () => {
  await expect(solve('', callContext().context)).rejects.toMatchObject({ name: 'ZodError' });
  await expect(solve('1'.repeat(1_001), callContext().context)).rejects.toMatchObject({ name: 'ZodError' });
});

import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../src/catalog/context.js';
import type { Prompt } from '../../../src/catalog/define.js';
import { calculatorCatalog } from '../../../src/calculator-catalog/index.js';
import { calculatorAssistantPrompt } from '../../../src/calculator-catalog/prompts/calculator-assistant.js';
import { calculatorTutor } from '../../../src/calculator-catalog/prompts/calculator-tutor.js';
import { explainCalculation } from '../../../src/calculator-catalog/prompts/explain-calculation.js';
import { explainFormulaPrompt } from '../../../src/calculator-catalog/prompts/explain-formula.js';
import { generateProblems } from '../../../src/calculator-catalog/prompts/generate-problems.js';
import { reviewHistory } from '../../../src/calculator-catalog/prompts/review-history.js';
import { solveMathProblemPrompt } from '../../../src/calculator-catalog/prompts/solve-math-problem.js';
import { callContext } from '../../helpers/call-context.js';

const calculation = { operation: 'divide', expression: '100 ÷ 5', value: 20, timestamp: '2026-01-01T00:00:00.000Z' };

async function textOf(
  prompt: Prompt,
  args: Record<string, string>,
  context: CallContext = callContext().context,
): Promise<string> {
  const { messages } = await prompt.get(args, context);
  return messages.map(({ content }) => (content.type === 'text' ? content.text : '')).join('\n');
}

describe('explain-calculation', () => {
  it('gives the expression, the level and the exact result', async () => {
    const text = await textOf(explainCalculation, { expression: '0.1 + 0.2', level: 'advanced' });
    expect(text).toContain('**0.1 + 0.2**, at the **advanced** level');
    expect(text).toContain('**0.3**');
  });

  it('takes the expression under two other names as well', () => {
    expect(explainCalculation.arguments?.[0]).toMatchObject({
      name: 'expression',
      required: true,
      aliases: ['calculation', 'operation'],
    });
  });

  it.each(['1 / 0', 'the meaning of life', 'area of a circle', '2 + * 3'])(
    'gives no result where there is none: %s',
    async (expression) => {
      expect(await textOf(explainCalculation, { expression })).not.toContain('result is');
    },
  );
});

describe('generate-problems', () => {
  it('asks for as many problems as wanted, five of medium difficulty by itself', async () => {
    expect(await textOf(generateProblems, { topic: 'fractions' })).toContain(
      'Write 5 practice problems on **fractions** at the **medium** level',
    );
    expect(await textOf(generateProblems, { topic: 'area', difficulty: 'hard', count: '1' })).toContain(
      'Write 1 practice problem on **area** at the **hard** level',
    );
  });
});

describe('calculator-tutor', () => {
  it('teaches a topic, or asks for one', async () => {
    expect(await textOf(calculatorTutor, { topic: 'powers', level: 'advanced' })).toContain(
      'Teach me **powers** at the **advanced** level',
    );
    expect(await textOf(calculatorTutor, {})).toContain('Ask me first');
  });
});

describe('solve_math_problem', () => {
  it('quotes the problem, and shows the steps unless told not to', async () => {
    expect(await textOf(solveMathProblemPrompt, { problem: 'one\ntwo' })).toMatch(/> one\n> two[^]*every step/);
    expect(await textOf(solveMathProblemPrompt, { problem: 'x', showSteps: 'false' })).toContain('answer alone');
  });
});

describe('explain_formula', () => {
  it('gives what the library knows, with the example unless told not to', async () => {
    const text = await textOf(explainFormulaPrompt, { formula: 'pythagoras', context: 'a roof' });
    expect(text).toContain('a² + b² = c²');
    expect(text).toContain('c = √25 = 5');
    expect(text).toContain('a roof');
    expect(await textOf(explainFormulaPrompt, { formula: 'pythagoras', examples: 'false' })).not.toContain('√25');
  });

  it('asks for a formula that the library lacks, too', async () => {
    expect(await textOf(explainFormulaPrompt, { formula: 'Navier-Stokes' })).not.toContain('library says');
  });
});

describe('calculator_assistant', () => {
  it('gives the history along where it is wanted and there is one', async () => {
    const { context } = callContext();
    await context.history.add(calculation);
    expect(await textOf(calculatorAssistantPrompt, { query: 'sum?', includeHistory: 'true' }, context)).toContain(
      '- 100 ÷ 5 = 20',
    );
    expect(await textOf(calculatorAssistantPrompt, { query: 'sum?' }, context)).not.toContain('100 ÷ 5');
    const stateless = callContext({ session: undefined }).context;
    expect(await textOf(calculatorAssistantPrompt, { query: 'sum?', includeHistory: 'true' }, stateless)).not.toContain(
      'latest calculations',
    );
  });
});

describe('review-history', () => {
  it('embeds the history as a resource', async () => {
    const { context } = callContext();
    await context.history.add(calculation);
    const { messages } = await reviewHistory.get({}, context);
    expect(messages).toHaveLength(2);
    expect(messages[1]?.content).toMatchObject({
      type: 'resource',
      resource: {
        uri: 'calculator://history',
        mimeType: 'application/json',
        text: expect.stringContaining('100 ÷ 5') as string,
      },
    });
  });

  it('says so where no history is kept', async () => {
    const { messages } = await reviewHistory.get({}, callContext({ session: undefined }).context);
    expect(messages).toHaveLength(1);
    expect(JSON.stringify(messages)).toContain('keeps no history');
  });
});

it('every enumerated argument lists all of its values', () => {
  const enumerated = calculatorCatalog().prompts.flatMap(({ name, arguments: args = [] }) =>
    args.flatMap((argument) =>
      Array.isArray(argument.complete) ? [[`${name} ${argument.name}`, argument.complete] as const] : [],
    ),
  );
  expect(Object.fromEntries(enumerated)).toEqual({
    'explain-calculation level': ['basic', 'intermediate', 'advanced'],
    'generate-problems difficulty': ['easy', 'medium', 'hard'],
    'generate-problems count': ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
    'calculator-tutor level': ['beginner', 'intermediate', 'advanced'],
    'solve_math_problem showSteps': ['true', 'false'],
    'explain_formula examples': ['true', 'false'],
    'calculator_assistant includeHistory': ['true', 'false'],
  });
});

it('topics and formulas are suggested as they are typed', async () => {
  const { context } = callContext();
  const suggest = async (prompt: Prompt, argument: string, typed: string) => {
    const complete = prompt.arguments?.find(({ name }) => name === argument)?.complete;
    return typeof complete === 'function' ? complete(typed, context, {}) : undefined;
  };
  expect(await suggest(generateProblems, 'topic', 'Per')).toEqual(['percentages']);
  expect(await suggest(calculatorTutor, 'topic', 'geo')).toEqual(['geometry']);
  expect(await suggest(explainFormulaPrompt, 'formula', 'circle')).toEqual(['circle-area', 'circle-circumference']);
});

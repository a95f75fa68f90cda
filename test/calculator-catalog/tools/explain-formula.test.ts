import { expect, it } from 'vitest';
import { explainFormula } from '../../../src/calculator-catalog/tools/explain-formula.js';
import { callContext } from '../../helpers/call-context.js';
import { callTool } from '../../helpers/call-tool.js';

const { context } = callContext();

it('explains a formula with a worked example', async () => {
  const { text, structured } = await callTool(explainFormula, { formula: 'Pythagorean theorem' }, context);
  expect(text).toContain('a² + b² = c²');
  expect(text).toContain('- c: hypotenuse');
  expect(text).toContain('c = √25 = 5');
  expect(structured).toMatchObject({
    name: 'Pythagorean theorem',
    category: 'geometry',
    example: { given: { a: 3, b: 4 }, result: 5 },
  });
});

it('leaves the example out where it is not wanted', async () => {
  const { text, structured } = await callTool(explainFormula, { formula: 'quadratic', examples: false }, context);
  expect(text).not.toContain('Example');
  expect(structured).not.toHaveProperty('example');
});

it('lets the context decide, and repeats it', async () => {
  const { text, structured } = await callTool(explainFormula, { formula: 'area', context: 'a triangle' }, context);
  expect(structured).toMatchObject({ name: 'Area of a triangle' });
  expect(text).toContain('For: a triangle');
});

it('names what the library has where it lacks the formula', async () => {
  await expect(callTool(explainFormula, { formula: 'Navier-Stokes' }, context)).rejects.toThrow(
    /no formula "Navier-Stokes".*Pythagorean theorem/,
  );
});

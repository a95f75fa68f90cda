import { describe, expect, it } from 'vitest';
import { evaluateExpression } from '../../src/calculator/expression.js';
import { MAX_VARIABLES } from '../../src/calculator/expression/names.js';
import { MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_LENGTH, MAX_OPERANDS } from '../../src/calculator/expression/tokens.js';

describe('evaluating an expression', () => {
  it.each([
    ['2 * (3 + 4)', 14],
    ['0.1 + 0.2', 0.3],
    ['1 - 2 - 3', -4],
    ['2 + 3 * 4 ^ 2 / 6', 10],
    ['-2^2', -4],
    ['(-2)^2', 4],
    ['2^3^2', 512],
    ['2 ** -3 ** 2', 2 ** -9],
    ['5 - - 3', 8],
    ['-(3)', -3],
    ['-7 % 3', -1],
    ['1 % 0.1', 0],
    ['10 × 3 ÷ 4 − 1', 6.5],
    ['.5 + 5. + 1e-1', 5.6],
    ['1 / 3 * 3', 1],
    ['floor(1 / 3 * 3)', 1],
    ['sqrt(2) ^ 2 - 2', 0],
    ['1e308 * 10 / 10', 1e308],
    ['1e-300 * 1e-300 * 1e300 * 1e300', 1],
    ['2 * pi', 2 * Math.PI],
    ['π - pi + φ - phi + τ - 2 * pi', 0],
    ['e', Math.E],
    ['sin(pi / 6)', 0.5],
    ['cos(pi / 2)', 0],
    ['ln(e)', 1],
    ['log(8, 2) + log2(8) + log10(1000)', 9],
    ['cbrt(-27)', -3],
    ['abs(-3) + sign(-3)', 2],
    ['exp(0) + pow(2, 3) + mod(7, 4)', 12],
    ['asin(1) + acos(0) - 2 * atan(1e300)', 0],
    ['ceil(1.2) + trunc(-1.7) + round(2.5) + round(1.005, 2)', 5.01],
    ['min(3, 1, 2) + max(3, 1, 2)', 4],
    ['factorial(5) + combinations(5, 2) + permutations(5, 2)', 150],
  ])('%s is %d', (source, value) => {
    expect(evaluateExpression(source)).toBe(value);
  });

  it('takes values for names, which hide the constants', () => {
    expect(evaluateExpression('sqrt(x^2 + y_1^2)', { x: 3, y_1: 4 })).toBe(5);
    expect(evaluateExpression('e + 1', { e: 1 })).toBe(2);
  });

  it('takes no word for a keyword', () => {
    expect(evaluateExpression('this + true * null', { this: 1, true: 2, null: 3 })).toBe(7);
  });

  it.each([
    ['', 'The expression is empty'],
    ['   ', 'The expression is empty'],
    ['1 +', 'The expression ends too early'],
    ['(1 + 2', 'The expression ends too early'],
    ['* 2', 'Unexpected "*" at character 1.'],
    ['2 + * 3', 'Unexpected "*" at character 5.'],
    ['1 ^ / 3', 'Unexpected "/" at character 5.'],
    ['1 + 2)', 'Unexpected ")" at character 6.'],
    ['3 * ()', 'Unexpected ")" at character 6.'],
    ['(1, 2)', 'Unexpected "," at character 3.'],
    ['1, 2', 'Unexpected "," at character 2.'],
    ['max(1, 2,)', 'Unexpected ")" at character 10.'],
    ['max(, 1)', 'Unexpected "," at character 5.'],
    ['1 2', 'An operator is missing before "2" at character 3.'],
    ['2(3)', 'An operator is missing before "(" at character 2.'],
    ['max(1 2)', 'An operator is missing before "2" at character 7.'],
    ['1.2.3', 'An operator is missing before ".3" at character 4.'],
    ['2 + x', '"x" at character 5 is not known: give its value in "variables".'],
    ['1 + sinh(1)', '"sinh" at character 5 is not a function.'],
    ['sin * 2', '"sin" at character 1 is a function: write sin(…).'],
    [
      '5!',
      'Unexpected "!" at character 2: use numbers, names, + - * / % ^, parentheses and commas. Write factorial(n) for n!.',
    ],
    ['sqrt()', 'sqrt takes 1 value, and was given 0.'],
    ['pow(1)', 'pow takes 2 values, and was given 1.'],
    ['log(1, 2, 3)', 'log takes 1 to 2 values, and was given 3.'],
    ['1 / (2 - 2)', 'Division by zero: 1 ÷ 0 has no value.'],
    ['7 % 0', 'Division by zero: 7 % 0 has no value.'],
    ['asin(2)', 'asin(2) has no real value'],
    ['1e400', 'The result is too large'],
    ['1e5000', '1e5000 is too large'],
    ['10 ^ 10 ^ 10', '10 ^ 10000000000 is too large'],
  ])('%s is refused: %s', (source, message) => {
    expect(() => evaluateExpression(source)).toThrow(message);
  });

  it.each([
    'constructor',
    '__proto__',
    'toString()',
    'constructor.constructor(1)',
    'x.y',
    'this',
    '[1]',
    '"text"',
    '`1`',
    'x = 1',
    '1 ? 2 : 3',
    '1; 2',
    '$',
    '$(1)',
    '1 && 1',
    '~1',
    '😀',
    '\u0000',
  ])('reaches nothing of the language it runs in: %s', (source) => {
    expect(() => evaluateExpression(source)).toThrow(expect.objectContaining({ code: 'CALCULATION_ERROR' }));
  });

  it('takes no name from the prototype of the variables', () => {
    expect(() => evaluateExpression('hasOwnProperty', Object.create({ hasOwnProperty: 1 }))).toThrow('is not known');
  });
});

describe('the bounds of an expression', () => {
  it(`end its length at ${MAX_EXPRESSION_LENGTH} characters`, () => {
    const signs = '-'.repeat(MAX_EXPRESSION_LENGTH - 1);
    expect(evaluateExpression(`${signs}1`)).toBe(-1);
    expect(() => evaluateExpression(`${signs}11`)).toThrow('longer than 1000 characters');
  });

  it(`end its depth at ${MAX_EXPRESSION_DEPTH}`, () => {
    const nested = (depth: number) => '('.repeat(depth) + '1' + ')'.repeat(depth);
    expect(evaluateExpression(nested(MAX_EXPRESSION_DEPTH))).toBe(1);
    expect(() => evaluateExpression(nested(MAX_EXPRESSION_DEPTH + 1))).toThrow('inside one another at character 51');
    expect(() => evaluateExpression('abs('.repeat(MAX_EXPRESSION_DEPTH + 1))).toThrow('inside one another');
  });

  it(`end its operands at ${MAX_OPERANDS}`, () => {
    expect(evaluateExpression(Array(MAX_OPERANDS).fill('1').join('+'))).toBe(MAX_OPERANDS);
    expect(() =>
      evaluateExpression(
        Array(MAX_OPERANDS + 1)
          .fill('1')
          .join('+'),
      ),
    ).toThrow('more than 250 numbers and names');
  });

  it(`end its variables at ${MAX_VARIABLES}`, () => {
    const variables = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n}`, n]));
    expect(evaluateExpression('x49', variables(MAX_VARIABLES))).toBe(49);
    expect(() => evaluateExpression('x49', variables(MAX_VARIABLES + 1))).toThrow('At most 50 variables');
  });

  it.each([
    [{ '1x': 1 }, /^"1x" can't be the name of a variable/],
    [{ ['x'.repeat(33)]: 1 }, /can't be the name of a variable/],
    [{ x: Number.NaN }, /"x" must be a finite number/],
    [{ x: -Infinity }, /"x" must be a finite number/],
  ])('refuse the variables %o', (variables, message) => {
    expect(() => evaluateExpression('1', variables)).toThrow(message);
  });

  const times = (count: number, term: string) => Array(count).fill(term).join('+');
  const most = (term: string) =>
    Math.min(Math.floor(MAX_EXPRESSION_LENGTH / (term.length + 1)), Math.floor(MAX_OPERANDS / 3));

  it.each(['combinations(1028,514)/9e307', 'factorial(170)/7e306', '3.3^7', 'sqrt(7)'])(
    'keep the cost of many times %s small',
    (term) => {
      const began = process.cpuUsage();
      expect(Number.isFinite(evaluateExpression(times(most(term), term)))).toBe(true);
      expect(process.cpuUsage(began).user).toBeLessThan(500_000);
    },
  );

  it.each(['ln(2)', 'tan(8e14)', '3.3^.7', 'log(7,3)', 'asin(.1)', 'exp(-9)', 'pow(3.3,.7)', 'acos(.3)'])(
    'refuse so many times %s that others would have to wait for it, and take a few',
    (term) => {
      const began = process.cpuUsage();
      expect(() => evaluateExpression(times(most(term), term))).toThrow('more than 2000 steps of computing');
      expect(process.cpuUsage(began).user).toBeLessThan(500_000);
      expect(Number.isFinite(evaluateExpression(times(15, term)))).toBe(true);
    },
  );
});

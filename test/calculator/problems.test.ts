import { describe, expect, it } from 'vitest';
import { PROBLEM_LENGTH, areaExpression, readProblem } from '../../src/calculator/problems.js';

function expressionIn(text: string): string | undefined {
  const problem = readProblem(text);
  return problem?.kind === 'expression' ? problem.expression : undefined;
}

describe('an operation in words is read as an expression', () => {
  it.each([
    ['what is 15 plus 27', '15 + 27'],
    ['Please, can you tell me what is 15 plus 27?', '15 + 27'],
    ['12 times 4', '12 * 4'],
    ['Hello! Compute 12 * (3 - 1) for me, please.', '12 * (3 - 1)'],
    ["What's 15% of 200 plus 10?", '(15 / 100 * 200) + 10'],
    ['100 divided by 5', '100 / 5'],
    ['How much is 9 minus 4 please?', '9 - 4'],
    ['20% of 150', '20 / 100 * 150'],
    ['what is 20 percent of 150?', '20 / 100 * 150'],
    ['what percent of 80 is 20', '20 / 80 * 100'],
    ['increase 50 by 20%', '50 * (1 + 20 / 100)'],
    ['20% off 80', '80 * (1 - 20 / 100)'],
    ['what is 150 + 20%', '150 + (20 / 100)'],
    ['the sum of 3, 4 and 5', '3 + 4 + 5'],
    ['average of 4, 8 and 9', '(4 + 8 + 9) / 3'],
    ['difference between 10 and 4', '10 - 4'],
    ['subtract 5 from 20', '20 - 5'],
    ['take 3 away from 10', '10 - 3'],
    ['add 5 to 7', '7 + 5'],
    ['divide 100 by 5', '100 / 5'],
    ['square root of 144', 'sqrt(144)'],
    ['2 to the power of 10', '2^10'],
    ['half of the square of 6', '(6^2) / 2'],
    ['5 factorial', 'factorial(5)'],
    ['negative 5 plus 3', '-5 + 3'],
    ['5 x 3', '5 * 3'],
  ])('%s', (text, expression) => expect(expressionIn(text)).toBe(expression));
});

describe('numbers are read as they are written', () => {
  it.each([
    ['fifteen plus twenty-seven', '15 + 27'],
    ['one hundred and five minus two thousand three', '105 - 2003'],
    ['a hundred plus one', '100 + 1'],
    ['1,000 + 2,500', '1000 + 2500'],
    ['$5 plus $7', '5 + 7'],
    ['7 × 8 ÷ 2 − 1', '7 * 8 / 2 - 1'],
    ['√144', 'sqrt(144)'],
    ['2 * (3 + 4) =', '2 * (3 + 4)'],
    ['max(1,200)', 'max(1,200)'],
    ['2 * pi', '2 * pi'],
    ['2.5e3 + 1', '2.5e3 + 1'],
  ])('%s', (text, expression) => expect(expressionIn(text)).toBe(expression));
});

describe('a short story of one kind of thing is read', () => {
  it.each([
    ['Sarah has 15 apples and gives away 7. How many apples are left?', '15 - 7'],
    ['If I have 3 apples and buy 4 more, how many do I have?', '3 + 4'],
    ['Tom has 9 eggs, finds 5 more and eats 2. How many eggs does he have now?', '9 + 5 - 2'],
    ['There are 3 boxes with 4 apples each. How many apples are there in total?', '3 * 4'],
    ['24 cookies are shared equally among 6 children. How many does each get?', '24 / 6'],
  ])('%s', (text, expression) => expect(expressionIn(text)).toBe(expression));
});

describe('what is not fully understood is not read', () => {
  it.each([
    'why is the sky blue',
    '5',
    '',
    'solve 2x + 3 = 7',
    'Tom has 5 apples and buys 3 oranges. How many apples does he have?',
    'Tom has 5 apples and buys 3 more. How many fruits does he have?',
    'Ann has 5 apples. Bob juggles 3. How many apples are left?',
    'area of a rectangle 5 by 3 at 20 dollars',
    'area of a circle with radius -2',
    'two three plus four',
  ])('%s', (text) => expect(readProblem(text)).toBeUndefined());
});

it('a text beyond the bound is not read', () => {
  expect(expressionIn(`1 + ${'1'.repeat(PROBLEM_LENGTH - 4)}`)).toHaveLength(PROBLEM_LENGTH);
  expect(readProblem(`1 + ${'1'.repeat(PROBLEM_LENGTH - 3)}`)).toBeUndefined();
});

describe('a question for an area', () => {
  it('gives the sizes where it has them', () => {
    expect(readProblem('area of a rectangle 5 by 3')).toEqual({ kind: 'area', shape: 'rectangle', sizes: ['5', '3'] });
    expect(readProblem('area of a 5.5x3 rectangle')).toEqual({ kind: 'area', shape: 'rectangle', sizes: ['5.5', '3'] });
    expect(readProblem('area of circle with radius 2')).toEqual({ kind: 'area', shape: 'circle', sizes: ['2'] });
    expect(readProblem('What is the area of a circle of diameter 4 cm?')).toEqual({
      kind: 'area',
      shape: 'circle',
      sizes: ['(4 / 2)'],
    });
    expect(readProblem('square metres of area of a rectangle five by three')).toMatchObject({
      shape: 'rectangle',
      sizes: ['5', '3'],
    });
  });

  it('gives the shape alone where sizes are missing', () => {
    expect(readProblem('What is the area of a rectangle?')).toEqual({ kind: 'area', shape: 'rectangle' });
    expect(readProblem('area of a circle')).toEqual({ kind: 'area', shape: 'circle' });
    expect(readProblem('area of a rectangle of length 5')).toEqual({ kind: 'area', shape: 'rectangle' });
  });

  it('becomes an expression', () => {
    expect(areaExpression('rectangle', [5, 3])).toBe('5 * 3');
    expect(areaExpression('circle', ['2'])).toBe('pi * 2^2');
  });
});

it.each([
  '1',
  '(',
  '1 and ',
  '%',
  'please ',
  ', ',
  '(1',
  'how many ',
  '-',
  'hundred and ',
  '1,',
  '?x',
  '=',
  'has 1 and ',
])('reads the longest text in a moment, even of %j alone', (part) => {
  const began = performance.now();
  readProblem(part.repeat(PROBLEM_LENGTH).slice(0, PROBLEM_LENGTH - 1) + 'x');
  readProblem(part.repeat(PROBLEM_LENGTH).slice(0, PROBLEM_LENGTH));
  expect(performance.now() - began).toBeLessThan(500);
});

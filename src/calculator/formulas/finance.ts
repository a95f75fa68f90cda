import type { Formula } from './formula.js';

export const finance: readonly Formula[] = [
  {
    id: 'simple-interest',
    name: 'Simple interest',
    category: 'finance',
    formula: 'I = P r t',
    description: 'Interest that is always paid on the first amount.',
    variables: { P: 'principal', r: 'rate per year, as a fraction', t: 'time in years', I: 'interest' },
    aliases: ['interest'],
    example: {
      problem: '1000 is lent at 5 % a year for 3 years. How much interest is paid?',
      given: { P: 1000, r: 0.05, t: 3 },
      expression: 'P * r * t',
      steps: ['I = 1000 × 0.05 × 3', 'I = 50 × 3', 'I = 150'],
      result: 150,
    },
  },
  {
    id: 'compound-interest',
    name: 'Compound interest',
    category: 'finance',
    formula: 'A = P (1 + r/n)^(n t)',
    description: 'What an amount grows to when its interest earns interest.',
    variables: {
      P: 'principal',
      r: 'rate per year, as a fraction',
      n: 'how often a year interest is added',
      t: 'time in years',
      A: 'final amount',
    },
    aliases: ['compounding', 'compounded interest'],
    example: {
      problem: '1000 earns 5 % a year, added once a year. What is it after 2 years?',
      given: { P: 1000, r: 0.05, n: 1, t: 2 },
      expression: 'P * (1 + r / n)^(n * t)',
      steps: ['A = 1000 × (1 + 0.05)²', 'A = 1000 × 1.1025', 'A = 1102.5'],
      result: 1102.5,
    },
  },
];

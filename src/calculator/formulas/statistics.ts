import type { Formula } from './formula.js';

export const statistics: readonly Formula[] = [
  {
    id: 'arithmetic-mean',
    name: 'Arithmetic mean',
    category: 'statistics',
    formula: 'x̄ = (x₁ + x₂ + … + xₙ) / n',
    description: 'The average: the sum of the values over their count.',
    variables: { x1: 'first value', x2: 'second value', x3: 'third value', n: 'how many values' },
    aliases: ['mean', 'average'],
    example: {
      problem: 'What is the mean of 4, 8 and 9?',
      given: { x1: 4, x2: 8, x3: 9, n: 3 },
      expression: '(x1 + x2 + x3) / n',
      steps: ['x̄ = (4 + 8 + 9) / 3', 'x̄ = 21 / 3', 'x̄ = 7'],
      result: 7,
    },
  },
  {
    id: 'standard-score',
    name: 'Standard score',
    category: 'statistics',
    formula: 'z = (x - μ) / σ',
    description: 'How many standard deviations a value lies from the mean.',
    variables: { x: 'value', mean: 'mean, μ', sd: 'standard deviation, σ', z: 'standard score' },
    aliases: ['z-score', 'z score', 'standardization'],
    example: {
      problem: 'A test has mean 100 and standard deviation 15. What is the z-score of 130?',
      given: { x: 130, mean: 100, sd: 15 },
      expression: '(x - mean) / sd',
      steps: ['z = (130 - 100) / 15', 'z = 30 / 15', 'z = 2'],
      result: 2,
    },
  },
  {
    id: 'percentage-change',
    name: 'Percentage change',
    category: 'statistics',
    formula: 'Δ% = (new - old) / old × 100',
    description: 'By how many percent a value has grown or shrunk.',
    variables: { before: 'the old value, not 0', after: 'the new value' },
    aliases: ['percent change', 'percentage increase', 'percentage decrease', 'growth rate'],
    example: {
      problem: 'A price rises from 80 to 100. By how many percent?',
      given: { before: 80, after: 100 },
      expression: '(after - before) / before * 100',
      steps: ['Δ% = (100 - 80) / 80 × 100', 'Δ% = 0.25 × 100', 'Δ% = 25'],
      result: 25,
    },
  },
];

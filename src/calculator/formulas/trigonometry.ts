import type { Formula } from './formula.js';

export const trigonometry: readonly Formula[] = [
  {
    id: 'law-of-cosines',
    name: 'Law of cosines',
    category: 'trigonometry',
    formula: 'c² = a² + b² - 2ab cos γ',
    description: 'The third side of any triangle from two sides and the angle between them.',
    variables: {
      a: 'one side',
      b: 'another side',
      gamma: 'the angle γ between them, in radians',
      c: 'the side opposite γ',
    },
    aliases: ['cosine rule', 'cosine law'],
    example: {
      problem: 'Two sides of 5 and 8 meet at 60° (π/3). How long is the third side?',
      given: { a: 5, b: 8 },
      expression: 'sqrt(a^2 + b^2 - 2 * a * b * cos(pi / 3))',
      steps: ['c = √(5² + 8² - 2 × 5 × 8 × cos 60°)', 'c = √(25 + 64 - 40)', 'c = √49 = 7'],
      result: 7,
    },
  },
  {
    id: 'degrees-to-radians',
    name: 'Degrees to radians',
    category: 'trigonometry',
    formula: 'rad = deg × π / 180',
    description: 'An angle in radians, which is what the trigonometric functions take.',
    variables: { deg: 'angle in degrees', rad: 'angle in radians' },
    aliases: ['radians', 'angle conversion'],
    example: {
      problem: 'What is 90° in radians?',
      given: { deg: 90 },
      expression: 'deg * pi / 180',
      steps: ['rad = 90 × π / 180', 'rad = π / 2', 'rad = 1.5707963267948966'],
      result: 1.5707963267948966,
    },
  },
];

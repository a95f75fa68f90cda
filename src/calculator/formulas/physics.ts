import type { Formula } from './formula.js';

export const physics: readonly Formula[] = [
  {
    id: 'speed',
    name: 'Average speed',
    category: 'physics',
    formula: 'v = d / t',
    description: 'The way over the time that it took.',
    variables: { d: 'distance', t: 'time', v: 'speed' },
    aliases: ['velocity', 'speed distance time'],
    example: {
      problem: 'A train covers 240 km in 2 hours. How fast is it on average?',
      given: { d: 240, t: 2 },
      expression: 'd / t',
      steps: ['v = 240 / 2', 'v = 120 km/h'],
      result: 120,
    },
  },
  {
    id: 'kinetic-energy',
    name: 'Kinetic energy',
    category: 'physics',
    formula: 'E = m v² / 2',
    description: 'The energy that a body has because it moves.',
    variables: { m: 'mass in kg', v: 'speed in m/s', E: 'energy in joules' },
    aliases: ['energy of motion'],
    example: {
      problem: 'A ball of 2 kg flies at 3 m/s. What is its kinetic energy?',
      given: { m: 2, v: 3 },
      expression: 'm * v^2 / 2',
      steps: ['E = 2 × 3² / 2', 'E = 18 / 2', 'E = 9 J'],
      result: 9,
    },
  },
  {
    id: 'celsius-to-fahrenheit',
    name: 'Celsius to Fahrenheit',
    category: 'physics',
    formula: 'F = C × 9/5 + 32',
    description: 'A temperature of the Celsius scale on the Fahrenheit scale.',
    variables: { C: 'degrees Celsius', F: 'degrees Fahrenheit' },
    aliases: ['fahrenheit', 'celsius', 'temperature conversion'],
    example: {
      problem: 'Water boils at 100 °C. What is that in Fahrenheit?',
      given: { C: 100 },
      expression: 'C * 9 / 5 + 32',
      steps: ['F = 100 × 9/5 + 32', 'F = 180 + 32', 'F = 212'],
      result: 212,
    },
  },
];

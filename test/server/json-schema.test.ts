import { expect, test } from 'vitest';
import { ajvValidator } from '../../src/server/json-schema.js';

const question = (name: string) => ({
  $id: 'https://calc.example/question',
  type: 'object' as const,
  properties: { [name]: { type: 'string' } },
  required: [name],
});

test('an answer to a question that was put before costs a small part of the first', () => {
  const time = (times: number) => {
    const started = performance.now();
    for (let count = 0; count < times; count += 1)
      expect(ajvValidator.check(question('a'), { a: 'x' })).toBeUndefined();
    return performance.now() - started;
  };
  const first = time(1);
  expect(time(500)).toBeLessThan(10 * first);
});

test('each question has its own check, however many there are, and whatever they call themselves', () => {
  for (let round = 0; round < 2; round += 1) {
    for (let count = 0; count < 250; count += 1) {
      expect(ajvValidator.check(question(`k${count}`), { [`k${count}`]: 'x' })).toBeUndefined();
      expect(ajvValidator.check(question(`k${count}`), {})).toEqual([
        { path: [], message: `must have required property 'k${count}'` },
      ]);
    }
  }
});

import { expect, test } from 'vitest';
import { ajvValidator } from '../../src/server/json-schema.js';

const question = (name: string) => ({
  $id: 'https://calc.example/question',
  type: 'object' as const,
  properties: { [name]: { type: 'string' } },
  required: [name],
});

test('a question that was put before is read to be found again, and not compiled anew', () => {
  let reads = 0;
  const asked = {
    ...question('a'),
    get required() {
      reads += 1;
      return ['a'];
    },
  };
  const readsOf = (value: object) => {
    reads = 0;
    expect(ajvValidator.check(asked, value) === undefined).toBe('a' in value);
    return reads;
  };
  expect(readsOf({ a: 'x' })).toBeGreaterThan(1);
  expect(readsOf({ a: 'y' })).toBe(1);
  expect(readsOf({})).toBe(1);
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

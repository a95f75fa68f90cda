import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingArguments, parseArguments } from '../../src/client/arguments/parse.js';
import { sampleValue } from '../../src/client/arguments/sample.js';
import type { ReadableSchema } from '../../src/client/arguments/schema.js';
import { ClientError } from '../../src/client/errors.js';
import { schemaFault } from '../../src/client/output-schema.js';

const schema: ReadableSchema = {
  type: 'object',
  properties: {
    n: { type: 'number' },
    i: { type: 'integer' },
    s: { type: 'string' },
    b: { type: 'boolean' },
    maybe: { type: ['number', 'null'] },
    either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    decimal: { anyOf: [{ type: 'number' }, { type: 'string' }] },
    op: { enum: ['add', 'subtract'] },
    list: { type: 'array', items: { type: 'integer' } },
    point: { type: 'object', properties: { x: { type: 'number' }, name: { type: 'string' } } },
    'dotted.name': { type: 'string' },
    ref: { $ref: '#/$defs/count' },
    any: {},
  },
  required: ['n', 's'],
  $defs: { count: { type: 'integer' } },
};

describe('key=value arguments take the type that the schema names', () => {
  it.each<[word: string, parsed: unknown]>([
    ['n=1.5', { n: 1.5 }],
    ['n=-2e3', { n: -2000 }],
    ['s=100', { s: '100' }],
    ['s=', { s: '' }],
    ['s=a=b', { s: 'a=b' }],
    ['s={"x":1}', { s: '{"x":1}' }],
    ['b=yes', { b: true }],
    ['b=false', { b: false }],
    ['maybe=null', { maybe: null }],
    ['maybe=3', { maybe: 3 }],
    ['either=7', { either: 7 }],
    ['either=seven', { either: 'seven' }],
    ['decimal=7', { decimal: 7 }],
    ['decimal=9007199254740993', { decimal: '9007199254740993' }],
    ['decimal=0.12345678901234567890', { decimal: '0.12345678901234567890' }],
    ['decimal=1e20', { decimal: '1e20' }],
    ['n=1e20', { n: 1e20 }],
    ['op=add', { op: 'add' }],
    ['list=[1,2]', { list: [1, 2] }],
    ['list=1,2', { list: [1, 2] }],
    ['point={"x":1}', { point: { x: 1 } }],
    ['point.x=1', { point: { x: 1 } }],
    ['point.name=1', { point: { name: '1' } }],
    ['dotted.name=a', { 'dotted.name': 'a' }],
    ['ref=4', { ref: 4 }],
    ['any=4', { any: 4 }],
    ['any=four', { any: 'four' }],
    ['unknown=[true]', { unknown: [true] }],
  ])('%s', (word, parsed) => {
    expect(parseArguments([word], schema)).toEqual(parsed);
  });

  it('parts of one object come together, and so do the items of one list', () => {
    expect(parseArguments(['point.x=1', 'point.name=a', 'list=1', 'list=[2,3]'], schema)).toEqual({
      point: { x: 1, name: 'a' },
      list: [1, 2, 3],
    });
  });

  it('a key such as __proto__ is an argument like any other', () => {
    const parsed = parseArguments(['__proto__.polluted=1'], schema);
    expect(Object.keys(parsed)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([['n=ten'], ['i=1.5'], ['n='], ['n=1e999'], ['b=perhaps'], ['point=1'], ['nonsense']])(
    '%s is refused in words',
    (word) => {
      expect(() => parseArguments([word], schema)).toThrow(ClientError);
    },
  );

  it('what is required and not given is named', () => {
    expect(missingArguments({ n: 1 }, schema)).toEqual(['s']);
  });
});

describe('sampled arguments fit the schema', () => {
  it.each<[name: string, schema: ReadableSchema]>([
    ['required alone', schema],
    ['bounds', { type: 'integer', minimum: 10, maximum: 12, multipleOf: 4 }],
    ['exclusive bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
    [
      'formats',
      {
        type: 'object',
        properties: {
          d: { type: 'string', format: 'date' },
          u: { type: 'string', format: 'uri' },
          e: { type: 'string', format: 'email' },
        },
        required: ['d', 'u', 'e'],
      },
    ],
    ['lengths', { type: 'string', minLength: 9, maxLength: 10 }],
    ['lists', { type: 'array', items: { type: 'integer' }, minItems: 3 }],
    [
      'alternatives',
      { oneOf: [{ type: 'object', properties: { a: { const: 'x' } }, required: ['a'] }, { type: 'null' }] },
    ],
    [
      'all of',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] },
        ],
      },
    ],
    ['references', { type: 'object', properties: { next: { $ref: '#' } } }],
  ])('%s', (_name, sampled) => {
    expect(schemaFault(sampled, sampleValue(sampled))).toBeUndefined();
  });

  it('ends where a schema contains itself', () => {
    const endless: ReadableSchema = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] };
    expect(JSON.stringify(sampleValue(endless)).length).toBeLessThan(200);
  });

  it('for any bounds of a number that leave room', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), (low, span) => {
        const bounded: ReadableSchema = { type: 'integer', minimum: low, maximum: low + span };
        return schemaFault(bounded, sampleValue(bounded)) === undefined;
      }),
    );
  });
});

import { z } from 'zod';
import { show } from './make.js';

const titled = (...pairs) => pairs.map(([value, title]) => ({ const: value, title }));

/** Each form that a schema of arguments can have. They all answer with what they got, defaults included. */
export const schemaTools = [
  echo('schema_nothing', 'Takes no arguments', {}),
  echo('schema_strings', 'Takes strings: formats, lengths, a pattern, a default', {
    plain: { type: 'string', minLength: 1, maxLength: 20 },
    email: { type: 'string', format: 'email' },
    uri: { type: 'string', format: 'uri' },
    date: { type: 'string', format: 'date' },
    time: { type: 'string', format: 'date-time' },
    code: { type: 'string', pattern: '^[A-Z]{3}$', examples: ['ABC'] },
    greeting: { type: 'string', default: 'hello' },
  }),
  echo('schema_numbers', 'Takes numbers: bounds, whole ones, multiples, a boolean', {
    whole: { type: 'integer', minimum: 0, maximum: 100, default: 7 },
    share: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    even: { type: 'integer', multipleOf: 2 },
    really: { type: 'boolean', default: false },
  }),
  echo('schema_choices', 'Takes one of several, or several of them, with and without titles', {
    one: { type: 'string', enum: ['red', 'green', 'blue'] },
    one_titled: { type: 'string', oneOf: titled(['r', 'Red'], ['g', 'Green'], ['b', 'Blue']) },
    several: { type: 'array', items: { type: 'string', enum: ['red', 'green', 'blue'] }, uniqueItems: true },
    several_titled: { type: 'array', items: { anyOf: titled(['r', 'Red'], ['g', 'Green']) }, maxItems: 2 },
    constant: { const: 'always this' },
  }),
  echo('schema_nullable', 'Takes what may be null', {
    text: { type: ['string', 'null'] },
    count: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
  }),
  echo(
    'schema_nested',
    'Takes objects in objects, lists of them, and a tree, by $ref',
    {
      address: { $ref: '#/$defs/address' },
      others: { type: 'array', items: { $ref: '#/$defs/address' } },
      tree: { $ref: '#/$defs/tree' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    },
    {
      required: ['address'],
      $defs: {
        address: {
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
          required: ['city'],
        },
        tree: {
          type: 'object',
          properties: {
            name: { type: 'string' },
            children: { type: 'array', items: { $ref: '#/$defs/tree' } },
          },
          required: ['name'],
        },
      },
    },
  ),
  echo(
    'schema_conditional',
    'Takes what depends on what else is there',
    {
      by: { type: 'string', enum: ['phone', 'email'] },
      phone: { type: 'string' },
      email: { type: 'string' },
      card: { type: 'string' },
      expires: { type: 'string' },
    },
    {
      if: { properties: { by: { const: 'phone' } }, required: ['by'] },
      then: { required: ['phone'] },
      dependentRequired: { card: ['expires'] },
    },
  ),
  echo('schema_headers', 'Takes arguments that a client of the modern era repeats as headers', {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
  }),
  show('schema_zod', 'Takes what a schema of zod says', answer, {
    inputSchema: z.object({
      name: z.string().min(1).describe('Whom to greet').default('world'),
      times: z.int().min(1).max(3).default(1),
    }),
  }),
];

function echo(name, description, properties, more = {}) {
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  return show(name, description, answer, { inputSchema: { $schema, type: 'object', properties, ...more } });
}

function answer(args) {
  return { content: [{ type: 'text', text: JSON.stringify(args) }], structuredContent: { ...args } };
}

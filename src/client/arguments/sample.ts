import { inTime } from '../in-time.js';
import { resolveReference, typesOf } from './schema.js';
import type { ReadableSchema } from './schema.js';

/** Levels of nesting that are sampled; a recursive schema ends there. */
const DEPTH = 6;
/** Steps from alternative to alternative; those that lead in a circle end there. */
const ALTERNATIVES = 50;
/** Items and characters that a sample has at most, whatever a schema asks for. */
const MOST_ITEMS = 1_000;
const MOST_CHARACTERS = 100_000;
/** Values within one sample: one that asks for more has as good as no end, and would be held in memory until then. */
const MOST_VALUES = 100_000;

/**
 * A value that the schema allows, as {@link sample} makes it. Throws a RangeError, or a `TookTooLongError`: a schema that refers to itself
 * many times over has no end of samples.
 */
export function sampleValue(schema: ReadableSchema): unknown {
  made = 0;
  return inTime(() => sample(schema));
}

let made = 0;

/**
 * A value that the schema allows, the same every time: the value that the author named (const, default, example,
 * the first of an enumeration) or else the plainest one within the bounds. A `pattern` is not solved.
 */
function sample(schema: ReadableSchema, root: ReadableSchema = schema, depth = 0): unknown {
  if ((made += 1) > MOST_VALUES) throw new RangeError(`the schema asks for more than ${MOST_VALUES} values`);
  const resolved = resolveReference(schema, root);
  if (depth > ALTERNATIVES) return undefined;
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.default !== undefined) return resolved.default;
  if (resolved.examples?.[0] !== undefined) return resolved.examples[0];
  if (resolved.enum !== undefined) return resolved.enum[0];
  const [alternative] = resolved.anyOf ?? resolved.oneOf ?? [];
  if (alternative !== undefined) {
    const rest: ReadableSchema = { ...resolved, anyOf: undefined, oneOf: undefined } as ReadableSchema;
    return sample(merge([rest, resolveReference(alternative, root)]), root, depth + 1);
  }
  if (resolved.allOf !== undefined) {
    const rest = { ...resolved, allOf: undefined } as unknown as ReadableSchema;
    return sample(merge([rest, ...resolved.allOf.map((part) => resolveReference(part, root))]), root, depth + 1);
  }
  const types = typesOf(resolved, root);
  const type = types.find((one) => one !== 'null') ?? types[0] ?? (resolved.properties ? 'object' : 'string');
  switch (type) {
    case 'object':
      return sampleObject(resolved, root, depth);
    case 'array':
      return sampleArray(resolved, root, depth);
    case 'integer':
    case 'number':
      return sampleNumber(resolved, type);
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return sampleString(resolved);
  }
}

/** Only what is required: the fewer the arguments, the better the chance that they go together. */
function sampleObject(
  { properties = {}, required = [] }: ReadableSchema,
  root: ReadableSchema,
  depth: number,
): Record<string, unknown> {
  if (depth > DEPTH) return {};
  return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {}, root, depth + 1)]));
}

function sampleArray(
  { items, prefixItems, minItems = 1 }: ReadableSchema,
  root: ReadableSchema,
  depth: number,
): unknown[] {
  if (depth > DEPTH) return [];
  if (prefixItems !== undefined) return prefixItems.map((item) => sample(item, root, depth + 1));
  return Array.from({ length: Math.min(Math.max(minItems, 1), MOST_ITEMS) }, () =>
    sample(items ?? {}, root, depth + 1),
  );
}

function sampleNumber(
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: ReadableSchema,
  type: string,
): number {
  const step = multipleOf ?? 1;
  const low = Math.max(minimum ?? -Infinity, typeof exclusiveMinimum === 'number' ? exclusiveMinimum : -Infinity);
  const high = Math.min(maximum ?? Infinity, typeof exclusiveMaximum === 'number' ? exclusiveMaximum : Infinity);
  const fits = (value: number): boolean =>
    value >= low && value <= high && value !== exclusiveMinimum && value !== exclusiveMaximum;
  const onSteps = [
    step,
    0,
    Math.ceil(low / step) * step,
    (Math.floor(low / step) + 1) * step,
    Math.floor(high / step) * step,
    (Math.ceil(high / step) - 1) * step,
  ];
  const between = type === 'number' && multipleOf === undefined ? [(low + high) / 2] : [];
  return [...onSteps, ...between].find((value) => Number.isFinite(value) && fits(value)) ?? step;
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2025-01-31',
  time: '12:00:00Z',
  'date-time': '2025-01-31T12:00:00Z',
  duration: 'PT1S',
  email: 'someone@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  'uri-reference': 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function sampleString({ format, minLength = 0, maxLength }: ReadableSchema): string {
  const text = (format !== undefined && FORMATS[format]) || 'sample';
  return text.padEnd(Math.min(minLength, MOST_CHARACTERS), 'x').slice(0, Math.max(minLength, maxLength ?? Infinity));
}

function merge(schemas: readonly ReadableSchema[]): ReadableSchema {
  return schemas.reduce<ReadableSchema>((whole, part) => {
    const defined = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
    return {
      ...whole,
      ...defined,
      properties: { ...whole.properties, ...part.properties },
      required: [...new Set([...(whole.required ?? []), ...(part.required ?? [])])],
    };
  }, {});
}

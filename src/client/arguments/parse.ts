import { redactText } from '../../text/secrets.js';
import { keepsDigits } from '../../rpc/lost-digits.js';
import { ClientError } from '../errors.js';
import { resolveReference, typesOf } from './schema.js';
import type { ReadableSchema } from './schema.js';

/**
 * The arguments of a call from words such as `a=100`, `items=[1,2]`, `point.x=3` or `tag=one tag=two` (an array),
 * each typed by the schema. Rejects a word that cannot be of its type with a {@link ClientError}.
 */
export function parseArguments(words: readonly string[], schema: ReadableSchema): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const word of words) {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (key === undefined || text === undefined) {
      throw new ClientError('usage', `"${word}" is not an argument`, {
        hint: 'Write arguments as key=value, or all of them as JSON with --args.',
      });
    }
    place(result, key, text, schema);
  }
  return result;
}

/** One value from its text, as the schema wants it. */
export function parseValue(
  text: string,
  schema: ReadableSchema,
  root: ReadableSchema = schema,
  name = 'the value',
): unknown {
  const types = typesOf(schema, root);
  if (types.length === 0) return jsonOr(text, text);
  if (types.includes('number') && types.includes('string') && isTooLong(text)) return text.trim();
  for (const type of ['null', 'boolean', 'integer', 'number', 'object', 'array'].filter((one) => types.includes(one))) {
    const value = valueOf(type, text);
    if (value !== undefined) return value;
  }
  if (types.includes('string')) return text;
  // A list of one, or a list without brackets.
  if (types.includes('array'))
    return text === ''
      ? []
      : text.split(',').map((item) => parseValue(item.trim(), resolveReference(schema, root).items ?? {}, root, name));
  throw new ClientError('usage', redactText(`${name}: "${text}" is not of type ${types.join(' or ')}`), {
    hint: 'See what the tool takes: mcp-calc client tools --json',
  });
}

function place(result: Record<string, unknown>, key: string, text: string, root: ReadableSchema): void {
  const [path, schema] = locate(key, root);
  let at = result;
  for (const step of path.slice(0, -1)) {
    const inner = Object.hasOwn(at, step) ? at[step] : undefined;
    const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
    define(at, step, next);
    at = next;
  }
  const last = path.at(-1) ?? key;
  const isList = typesOf(schema, root).includes('array');
  const value = parseValue(text, schema, root, key);
  const before = Object.hasOwn(at, last) ? at[last] : undefined;
  define(
    at,
    last,
    isList && Array.isArray(before) && Array.isArray(value)
      ? [...(before as unknown[]), ...(value as unknown[])]
      : value,
  );
}

/** `a.b` is the property b of a, unless the schema has a property of that very name. */
function locate(key: string, root: ReadableSchema): [path: string[], schema: ReadableSchema] {
  const top = resolveReference(root, root).properties ?? {};
  if (Object.hasOwn(top, key)) return [[key], top[key] ?? {}];
  const path = key.split('.');
  let schema = root;
  for (const step of path) {
    const { properties = {} } = resolveReference(schema, root);
    schema = Object.hasOwn(properties, step) ? (properties[step] ?? {}) : {};
  }
  return [path, schema];
}

/** `__proto__` is a key like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

function valueOf(type: string, text: string): unknown {
  const value = jsonOr(text, undefined);
  switch (type) {
    case 'null':
      return text === 'null' ? null : undefined;
    case 'boolean':
      return { true: true, yes: true, on: true, false: false, no: false, off: false }[text];
    case 'integer':
    case 'number':
      // 1e999 is JSON and Infinity; +5 and .5 are none and numbers all the same.
      return text.trim() !== '' &&
        Number.isFinite(Number(text)) &&
        (type === 'number' || Number.isInteger(Number(text)))
        ? Number(text)
        : undefined;
    case 'array':
      return Array.isArray(value) ? value : undefined;
    default:
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  }
}

/** Whether a text is a number of which a JSON number would not keep every digit, for certain. */
function isTooLong(text: string): boolean {
  const value = text.trim() === '' ? NaN : Number(text);
  return !Number.isNaN(value) && (Math.abs(value) > Number.MAX_SAFE_INTEGER || !keepsDigits(text.trim()));
}

function jsonOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return otherwise;
  }
}

/** The required properties that are not there. */
export function missingArguments(given: Readonly<Record<string, unknown>>, schema: ReadableSchema): string[] {
  return (resolveReference(schema, schema).required ?? []).filter((name) => !Object.hasOwn(given, name));
}

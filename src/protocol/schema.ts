import type { ZodType } from 'zod';
import { toJSONSchema } from 'zod';
import type { JsonSchema, Schema } from '../catalog/define.js';

/** A schema of the catalog, made ready once: to be shown, and to check values with. */
export interface CompiledSchema {
  /** JSON Schema 2020-12. */
  json(): JsonSchema;
  /** The parsed value, or the faults, each with the path of what is wrong. */
  check(value: unknown): { value: unknown } | { faults: string };
}

export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What is wrong with a value; undefined where nothing is. */
export type Check = (value: unknown) => readonly Fault[] | undefined;

/** Checks plain JSON Schema 2020-12. Handed in, because the fastest makes functions from text, which not every place allows. */
export interface JsonSchemaValidator {
  /** Makes a schema ready that is used again and again. Throws a TypeError where it is malformed. */
  compile(schema: JsonSchema): Check;
  /** Checks with a schema that a call makes, so that there may be any number of them; what is kept of it has a bound. */
  check(schema: JsonSchema, value: unknown): ReturnType<Check>;
}

/** Faults that one error message names. */
const FAULTS_SHOWN = 5;

export function isZod(schema: Schema): schema is ZodType {
  return '_zod' in schema;
}

/** `io` says which side of a zod schema with defaults or transforms is shown; the validator is for plain JSON Schema alone. */
export function compileSchema(schema: Schema, io: 'input' | 'output', validator?: JsonSchemaValidator): CompiledSchema {
  if (isZod(schema)) return compileZod(schema, io);
  if (!validator) throw new TypeError('There is no validator for plain JSON Schema');
  const check = validator.compile(schema);
  return {
    json: () => schema,
    check(value) {
      const faults = check(value);
      return faults ? { faults: inWords(faults) } : { value };
    },
  };
}

function compileZod(schema: ZodType, io: 'input' | 'output'): CompiledSchema {
  let shown: JsonSchema | undefined;
  return {
    json: () => (shown ??= toJSONSchema(schema, { io }) as JsonSchema),
    check(value) {
      const result = schema.safeParse(value);
      if (result.success) return { value: result.data };
      return { faults: inWords(result.error.issues) };
    },
  };
}

/** Faults as the end of a sentence. */
export function inWords(faults: readonly Fault[]): string {
  const shown = faults
    .slice(0, FAULTS_SHOWN)
    .map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`);
  const rest = faults.length - shown.length;
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

import type { ZodType } from 'zod';
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

export type ToJsonSchema = (schema: ZodType, params: { io: 'input' | 'output' }) => object;

/** What schemas are made ready with; each is there only where some schema needs it. */
export interface SchemaHelpers {
  /** For plain JSON Schema. */
  readonly validator?: JsonSchemaValidator;
  /** For schemas of zod that can't show themselves. */
  readonly toJsonSchema?: ToJsonSchema;
  /** Whether zod may make functions from text, which is faster. */
  readonly jitless?: boolean;
}

/** Where schemas of zod are made ready, and what with. */
export interface ZodUse extends Pick<SchemaHelpers, 'jitless'> {
  /** Absent where every schema has to show itself: those of zod's main entry do, from 4.2 on. */
  readonly load?: () => Promise<ToJsonSchema>;
}

/** Faults that one error message names. */
const FAULTS_SHOWN = 5;

export function isZod(schema: Schema): schema is ZodType {
  return '_zod' in schema;
}

/** `io` says which side of a zod schema with defaults or transforms is shown. */
export function compileSchema(
  schema: Schema,
  io: 'input' | 'output',
  { validator, toJsonSchema, jitless }: SchemaHelpers,
): CompiledSchema {
  if (isZod(schema)) return compileZod(schema, io, toJsonSchema, jitless ? { jitless } : undefined);
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

/** Loads what these schemas need to be made ready, and nothing else. */
export async function helpersFor(
  schemas: readonly Schema[],
  loadValidator: () => Promise<JsonSchemaValidator>,
  { load, jitless }: ZodUse = {},
): Promise<SchemaHelpers> {
  const isShownByZod = schemas.some((schema) => isZod(schema) && !showsItself(schema));
  if (isShownByZod && !load)
    throw new TypeError('A schema of zod must be of its main entry, from 4.2 on: it has no toJSONSchema');
  return {
    jitless,
    ...(schemas.every(isZod) ? {} : { validator: await loadValidator() }),
    ...(isShownByZod && load ? { toJsonSchema: await load() } : {}),
  };
}

/** A schema of zod's main entry, from 4.2 on. To load zod for the others is a tenth of a start. */
function showsItself(schema: ZodType): boolean {
  return 'toJSONSchema' in schema;
}

function compileZod(
  schema: ZodType,
  io: 'input' | 'output',
  toJsonSchema: ToJsonSchema | undefined,
  context: { jitless: boolean } | undefined,
): CompiledSchema {
  let shown: JsonSchema | undefined;
  return {
    json: () => (shown ??= (toJsonSchema ? toJsonSchema(schema, { io }) : schema.toJSONSchema({ io })) as JsonSchema),
    check(value) {
      const result = schema.safeParse(value, context);
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

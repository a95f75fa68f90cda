import type { ValidateFunction } from 'ajv';
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

/** Faults that one error message names. */
const FAULTS_SHOWN = 5;

/** Compiles plain JSON Schema with Ajv, which is loaded only for a catalog that has some. */
export type JsonSchemaCompiler = (schema: JsonSchema) => ValidateFunction;

export function isZod(schema: Schema): schema is ZodType {
  return '_zod' in schema;
}

/** Whether Ajv has to be loaded for these schemas. */
export async function loadCompiler(schemas: readonly (Schema | undefined)[]): Promise<JsonSchemaCompiler> {
  if (schemas.every((schema) => schema === undefined || isZod(schema))) {
    return () => {
      throw new TypeError('No plain JSON Schema was announced');
    };
  }
  const { sharedAjv } = await import('./ajv.js');
  return (schema) => sharedAjv().compile(schema);
}

/** `io` says which side of a zod schema with defaults or transforms is shown. */
export function compileSchema(schema: Schema, io: 'input' | 'output', compiler: JsonSchemaCompiler): CompiledSchema {
  return isZod(schema) ? compileZod(schema, io) : compileJson(schema, compiler);
}

function compileZod(schema: ZodType, io: 'input' | 'output'): CompiledSchema {
  let shown: JsonSchema | undefined;
  return {
    json: () => (shown ??= toJSONSchema(schema, { io }) as JsonSchema),
    check(value) {
      const result = schema.safeParse(value);
      if (result.success) return { value: result.data };
      const { issues } = result.error;
      return { faults: join(issues.map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`)) };
    },
  };
}

function compileJson(schema: JsonSchema, compiler: JsonSchemaCompiler): CompiledSchema {
  const validate = compiler(schema);
  return {
    json: () => schema,
    check(value) {
      if (validate(value)) return { value };
      const faults = (validate.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.') || 'arguments'}: ${message ?? 'invalid'}`,
      );
      return { faults: join(faults) };
    },
  };
}

function join(faults: string[]): string {
  const rest = faults.length - FAULTS_SHOWN;
  return faults.slice(0, FAULTS_SHOWN).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

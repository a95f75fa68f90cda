import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { oneLine } from '../text/harmless.js';
import { TookTooLongError, inTime } from './in-time.js';

/** Characters of a fault that are told: a schema may quote itself in it. */
const FAULT_CHARACTERS = 10_000;

/** What is wrong with a result beside the tool's `outputSchema` (tools, "Output Schema"), in words; undefined where all is well. */
export function outputFault(
  { name, outputSchema }: Pick<Tool, 'name' | 'outputSchema'>,
  { isError, structuredContent }: CallToolResult,
): string | undefined {
  if (outputSchema === undefined || isError) return undefined;
  if (structuredContent === undefined)
    return `"${name}" declares an outputSchema and answers without structuredContent`;
  const fault = schemaFault(outputSchema, structuredContent);
  return fault === undefined ? undefined : `structuredContent of "${name}" does not fit its outputSchema: ${fault}`;
}

/**
 * Why a value does not fit a schema, or why the schema is none. JSON Schema 2020-12, the default of the protocol (SEP-1613). A server
 * can write a schema, or a pattern, that nobody lives to see the end of: it is given up.
 */
export function schemaFault(schema: object, value: unknown): string | undefined {
  const ajv = (shared ??= createAjv());
  try {
    const fault = inTime(() => check(ajv, schema, value));
    return fault === undefined ? undefined : oneLine(fault, FAULT_CHARACTERS);
  } catch (error) {
    // What was stopped in the middle of it is of no more use.
    shared = undefined;
    if (error instanceof TookTooLongError) return `the schema can't be checked (${error.message})`;
    throw error;
  }
}

function check(ajv: Ajv2020, schema: object, value: unknown): string | undefined {
  // A schema with `$async` would answer with a promise.
  const { $schema: _dialect, $async: _async, ...plain } = schema as { $schema?: unknown; $async?: unknown };
  try {
    const validate = ajv.compile(plain);
    if (validate(value)) return undefined;
    const [first] = validate.errors ?? [];
    return `${first?.instancePath || 'the value'} ${first?.message ?? 'is wrong'}`;
  } catch (error) {
    return `the schema is faulty (${(error as Error).message})`;
  } finally {
    // Two tools may give different schemas the same `$id`.
    ajv.removeSchema(plain);
  }
}

/** Made once, at first use: reading the meta-schema takes longer than a check. */
let shared: Ajv2020 | undefined;

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, logger: false });
  addFormats.default(ajv);
  return ajv;
}

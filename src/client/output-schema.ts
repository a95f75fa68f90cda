import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { CallToolResult, Tool } from '@modelcontextprotocol/client';

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

/** Why a value does not fit a schema, or why the schema is none. JSON Schema 2020-12, the default of the protocol (SEP-1613). */
export function schemaFault(schema: object, value: unknown): string | undefined {
  const ajv = (shared ??= createAjv());
  const { $schema: _dialect, ...plain } = schema as { $schema?: unknown };
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

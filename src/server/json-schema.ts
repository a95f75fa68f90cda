import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Fault, JsonSchemaValidator } from '../protocol/schema.js';

let shared: Ajv2020 | undefined;

/** One Ajv for the process: making one costs more than a thousand calls. */
function sharedAjv(): Ajv2020 {
  if (!shared) {
    shared = new Ajv2020({ strict: false, allErrors: true });
    // The package is CommonJS: its default import is the module, whose `default` is the function.
    (formats as unknown as { default: (target: Ajv2020) => void }).default(shared);
  }
  return shared;
}

/** Schemas of questions that are kept ready. Beyond it all are dropped with their Ajv, which itself lets go of nothing. */
const KEPT_SCHEMAS = 100;

let kept: { ajv: Ajv2020; checks: Map<string, ReturnType<Ajv2020['compile']>> } | undefined;

/** The check of a question's schema, by what it says: most calls put the questions of the ones before. */
function keptCheck(schema: object): ReturnType<Ajv2020['compile']> {
  const text = JSON.stringify(schema);
  const known = kept?.checks.get(text);
  if (known) return known;
  if (!kept || kept.checks.size >= KEPT_SCHEMAS)
    kept = { ajv: new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false }), checks: new Map() };
  const check = kept.ajv.compile(schema);
  kept.checks.set(text, check);
  return check;
}

/** JSON Schema 2020-12 by Ajv, which makes a function of every schema: the fastest there is, where that is allowed. */
export const ajvValidator: JsonSchemaValidator = {
  compile(schema) {
    const validate = sharedAjv().compile(schema);
    return (value) => (validate(value) ? undefined : faultsOf(validate.errors));
  },
  check(schema, value) {
    const validate = keptCheck(schema);
    return validate(value) ? undefined : faultsOf(validate.errors);
  },
};

function faultsOf(errors: readonly ErrorObject[] | null | undefined): Fault[] {
  return (errors ?? []).map(({ instancePath, message = 'invalid' }) => ({
    path: instancePath.split('/').slice(1),
    message,
  }));
}

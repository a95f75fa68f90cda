import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';

let ajv: Ajv2020 | undefined;

/** One Ajv for the process: making one costs more than a thousand calls. */
export function sharedAjv(): Ajv2020 {
  if (!ajv) {
    ajv = new Ajv2020({ strict: false, allErrors: true });
    // The package is CommonJS: its default import is the module, whose `default` is the function.
    (formats as unknown as { default: (target: Ajv2020) => void }).default(ajv);
  }
  return ajv;
}

/** Validates the content of an elicitation for the SDK, compiled anew each time: such a schema is seldom seen twice. */
export const ajvValidator: jsonSchemaValidator = {
  getValidator<T>(schema: object) {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    return (input: unknown) =>
      validate(input)
        ? { valid: true as const, data: input as T, errorMessage: undefined }
        : { valid: false as const, data: undefined, errorMessage: sharedAjv().errorsText(validate.errors) };
  },
};

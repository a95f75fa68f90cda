import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';

let loaded: jsonSchemaValidator | undefined;

/** Loads Ajv, once: only an elicitation needs it, so a server that elicits nothing starts without. */
export async function loadValidator(): Promise<void> {
  loaded ??= (await import('./ajv.js')).ajvValidator;
}

/**
 * The one validator that every SDK `Server` is given. Left to itself, each `Server` makes an Ajv of its own,
 * which costs more than the rest of an exchange.
 */
export const sharedValidator: jsonSchemaValidator = {
  getValidator(schema) {
    if (!loaded) throw new Error('loadValidator must have been awaited before a schema is validated');
    return loaded.getValidator(schema);
  },
};

/** The input schema of a tool without arguments. */
export const NO_ARGUMENTS = { type: 'object', properties: {}, additionalProperties: false };

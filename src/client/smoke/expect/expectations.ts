/** What the answer to a call must be; a call without one must succeed. */
export interface CallExpectation {
  readonly isError?: boolean;
  /** Of a JSON-RPC error. */
  readonly error?: number;
  readonly text?: string;
  readonly structuredContent?: Readonly<Record<string, unknown>>;
}

export interface ExpectedCall {
  readonly name?: string;
  readonly tool: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly expect?: CallExpectation;
}

export interface ExpectedResource {
  readonly name?: string;
  readonly uri: string;
  readonly expect?: { readonly error?: number; readonly text?: string; readonly mimeType?: string };
}

export interface ExpectedPrompt {
  readonly name?: string;
  readonly prompt: string;
  readonly arguments?: Readonly<Record<string, string>>;
  readonly expect?: { readonly error?: number; readonly text?: string };
}

/** What a file says that a server must answer. */
export interface Expectations {
  readonly calls?: readonly ExpectedCall[];
  readonly resources?: readonly ExpectedResource[];
  readonly prompts?: readonly ExpectedPrompt[];
}

/** Entries of one list, and characters of a text or a pattern. */
const ENTRIES = 10_000;
const TEXT_CHARACTERS = 100_000;

const name = { type: 'string', minLength: 1, maxLength: 200, description: 'How the report names it.' };
const error = { type: 'integer', description: 'It must be answered with a JSON-RPC error of this code.' };
const text = {
  type: 'string',
  maxLength: TEXT_CHARACTERS,
  description:
    'What the text of the answer must hold; between slashes a regular expression that it must match: "/^1[05]0$/m".',
};

function listOf(description: string, required: string, properties: Readonly<Record<string, object>>, expect: object) {
  return {
    type: 'array',
    maxItems: ENTRIES,
    description,
    items: {
      type: 'object',
      required: [required],
      additionalProperties: false,
      properties: {
        name,
        ...properties,
        expect: { type: 'object', additionalProperties: false, properties: { ...expect, error, text } },
      },
    },
  };
}

/** The form of the file, as JSON Schema 2020-12; `docs/smoke.schema.json` is a copy for editors. */
export const EXPECTATIONS_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'What "mcp-calc client smoke --expect" expects of a server',
  type: 'object',
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    calls: listOf(
      'Tools that are called, read-only or not. One must answer without isError, unless it is expected to.',
      'tool',
      { tool: { type: 'string' }, arguments: { type: 'object' } },
      {
        isError: { type: 'boolean', default: false },
        structuredContent: {
          type: 'object',
          description:
            'What the structured result must hold: members that are not named may be anything, lists are compared whole.',
        },
      },
    ),
    resources: listOf(
      'Resources that are read.',
      'uri',
      { uri: { type: 'string' } },
      { mimeType: { type: 'string', description: 'The type that one of the contents must have.' } },
    ),
    prompts: listOf(
      'Prompts that are got.',
      'prompt',
      { prompt: { type: 'string' }, arguments: { type: 'object', additionalProperties: { type: 'string' } } },
      {},
    ),
  },
};

import { InvalidArgumentsError, ToolError } from 'mcp-calc';
import { show } from './make.js';

const unlisted = (code, message) => [`error_${Math.abs(code)}`, { code, message }];

/** Errors that are a result with `isError`, for the model to read; and handlers that break. */
export const errorTools = [
  failing('fail', 'Fails with a result that has isError', () => {
    throw new ToolError('This tool always fails: try another one.');
  }),
  failing('fail_arguments', 'Fails because of its arguments, whatever they are', () => {
    throw new InvalidArgumentsError('These arguments can not be right.');
  }),
  failing('fail_result', 'Returns a result that has isError and two blocks', () => ({
    content: [
      { type: 'text', text: 'It went wrong.' },
      { type: 'text', text: 'And this is why.' },
    ],
    isError: true,
  })),
  failing('crash', 'Crashes: the answer is -32603, without the words of the exception', () => {
    throw new Error('a bug, with a secret in it');
  }),
  failing(
    'crash_output',
    'Breaks its own output schema: the answer is -32603',
    () => ({ content: [], structuredContent: { count: 'many' } }),
    { outputSchema: { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] } },
  ),
];

/** Not listed, because nobody should call them but to see how a client takes the error: `error_32601` and so on. */
export const withheld = Object.fromEntries([
  unlisted(-32_700, 'Parse error'),
  unlisted(-32_600, 'Invalid request'),
  unlisted(-32_601, 'Method not found'),
  unlisted(-32_602, 'Invalid params'),
  unlisted(-32_603, 'Internal error'),
  unlisted(1_001, 'An error with a code of its own'),
]);

/** Not marked as reading only, so that no client calls them to try them out. */
function failing(name, description, handler, more = {}) {
  return show(name, description, handler, { annotations: { idempotentHint: true }, ...more });
}

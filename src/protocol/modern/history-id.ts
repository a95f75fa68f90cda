import type { JsonSchema } from '../../catalog/define.js';
import { isObject } from '../../rpc/messages.js';
import type { CompiledSchema } from '../schema.js';

/** The argument by which a call names its history. In no header and no URI: where nobody signs in, who has it may read and write. */
export const HISTORY_ID = 'historyId';

const SHOWN = {
  type: 'string',
  description: 'The id that open_history answered: this call belongs to that history. Not needed by who has signed in',
};

/** The schema of a tool's arguments with the one that is the protocol's: the tool's own never sees it. */
export function takingHistoryId(input: CompiledSchema): CompiledSchema {
  let shown: JsonSchema | undefined;
  return {
    json: () => (shown ??= extended(input.json())),
    check: (value) => input.check(withoutId(value)),
  };
}

function extended(schema: JsonSchema): JsonSchema {
  const properties = isObject(schema.properties) ? schema.properties : {};
  return { ...schema, properties: { ...properties, [HISTORY_ID]: SHOWN } };
}

function withoutId(args: unknown): unknown {
  if (!isObject(args) || !(HISTORY_ID in args)) return args;
  const { [HISTORY_ID]: _id, ...own } = args;
  return own;
}

import type { CallContext } from '../../catalog/context.js';
import type { Complete } from '../../catalog/define.js';
import type { CompiledCatalog } from '../compile.js';
import type { Params } from '../params.js';
import { objectIn, objectOrNone, stringIn, stringsOrNone, uriIn, wordIn } from '../params.js';
import { RPC, RpcError } from '../../rpc/errors.js';

/** Values that one completion shows (server/utilities/completion: "Maximum 100 items per response"). */
const COMPLETION_LIMIT = 100;
/** Characters that may have been typed: each suggestion is compared with them. */
const TYPED_LIMIT = 1_000;

/** `completion/complete`; -32602 for an unknown prompt or template, and for a value that is too long. An argument without suggestions completes to nothing. */
export async function complete(
  compiled: CompiledCatalog,
  params: Params,
  context: CallContext,
): Promise<{ completion: { values: string[]; total: number; hasMore: boolean } }> {
  const ref = objectIn(params, 'ref');
  const argument = objectIn(params, 'argument');
  const name = stringIn(argument, 'name', 'argument.name');
  const value = stringIn(argument, 'value', 'argument.value');
  if (value.length > TYPED_LIMIT)
    throw new RpcError(
      RPC.invalidParams,
      `Invalid params: params.argument.value: must have at most ${TYPED_LIMIT} characters`,
    );
  const others = stringsOrNone(objectOrNone(params, 'context'), 'arguments', 'context.arguments');
  const source = sourceOf(compiled, ref, name);
  const offered = typeof source === 'function' ? await source(value, context, others) : (source ?? []);
  const typed = value.toLowerCase();
  const fitting = offered.filter((candidate) => candidate.toLowerCase().startsWith(typed));
  return {
    completion: {
      values: fitting.slice(0, COMPLETION_LIMIT),
      total: fitting.length,
      hasMore: fitting.length > COMPLETION_LIMIT,
    },
  };
}

function sourceOf(compiled: CompiledCatalog, ref: Params, name: string): readonly string[] | Complete | undefined {
  if (wordIn(ref, 'type', ['ref/prompt', 'ref/resource'], 'ref.type') === 'ref/prompt') {
    const prompt = compiled.prompts.get(stringIn(ref, 'name', 'ref.name'));
    if (!prompt) throw new RpcError(RPC.invalidParams, `Unknown prompt: ${String(ref.name)}`);
    return prompt.arguments?.find((argument) => argument.name === name)?.complete;
  }
  const uri = uriIn(ref, 'uri', 'ref.uri');
  const found = compiled.templates.find(({ template }) => template.uriTemplate === uri);
  // A fixed resource has no variables: nothing to suggest, nothing wrong.
  if (!found && !compiled.resources.has(uri)) {
    throw new RpcError(RPC.invalidParams, `Unknown resource template: ${uri}`);
  }
  const completions = found?.template.complete ?? {};
  return Object.hasOwn(completions, name) ? completions[name] : undefined;
}

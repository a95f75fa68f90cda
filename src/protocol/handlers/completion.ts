import type { CallContext } from '../../catalog/context.js';
import type { Complete } from '../../catalog/define.js';
import type { CompiledCatalog } from '../compile.js';
import { RPC, RpcError } from '../../rpc/errors.js';

/** Values that one completion shows (server/utilities/completion: "Maximum 100 items per response"). */
const COMPLETION_LIMIT = 100;

interface CompleteParams {
  ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string };
  argument: { name: string; value: string };
  context?: { arguments?: Record<string, string> };
}

/** `completion/complete`; -32602 for an unknown prompt or template. An argument without suggestions completes to nothing. */
export async function complete(
  compiled: CompiledCatalog,
  params: CompleteParams,
  context: CallContext,
): Promise<{ completion: { values: string[]; total: number; hasMore: boolean } }> {
  const { name, value } = params.argument;
  const source = sourceOf(compiled, params.ref, name);
  const others = params.context?.arguments ?? {};
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

function sourceOf(compiled: CompiledCatalog, ref: CompleteParams['ref'], name: string): readonly string[] | Complete | undefined {
  if (ref.type === 'ref/prompt') {
    const prompt = compiled.prompts.get(ref.name);
    if (!prompt) throw new RpcError(RPC.invalidParams, `Unknown prompt: ${ref.name}`);
    return prompt.arguments?.find((argument) => argument.name === name)?.complete;
  }
  const found = compiled.templates.find(({ template }) => template.uriTemplate === ref.uri);
  // A fixed resource has no variables: nothing to suggest, nothing wrong.
  if (!found && !compiled.resources.has(ref.uri)) {
    throw new RpcError(RPC.invalidParams, `Unknown resource template: ${ref.uri}`);
  }
  const completions = found?.template.complete ?? {};
  return Object.hasOwn(completions, name) ? completions[name] : undefined;
}

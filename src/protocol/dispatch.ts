import type { CallContext } from '../catalog/context.js';
import { RPC, RpcError } from '../rpc/errors.js';
import type { CompiledCatalog } from './compile.js';
import { complete } from './handlers/completion.js';
import { getPrompt, listPrompts } from './handlers/prompts.js';
import { listResources, listTemplates, readResource } from './handlers/resources.js';
import { callTool, listTools } from './handlers/tools.js';
import type { Params } from './params.js';

interface Method {
  /** The capability that has to be declared for it. */
  readonly capability: string;
  /** Reads its params (-32602 where they are malformed) and answers with the result. */
  run(compiled: CompiledCatalog, params: Params, context: CallContext): unknown;
}

/** The requests that every catalog answers, in every revision of the protocol; a codec adds those of its own era. */
const methods: ReadonlyMap<string, Method> = new Map([
  ['tools/list', { capability: 'tools', run: listTools }],
  ['tools/call', { capability: 'tools', run: callTool }],
  ['resources/list', { capability: 'resources', run: listResources }],
  ['resources/templates/list', { capability: 'resources', run: listTemplates }],
  ['resources/read', { capability: 'resources', run: readResource }],
  ['prompts/list', { capability: 'prompts', run: listPrompts }],
  ['prompts/get', { capability: 'prompts', run: getPrompt }],
  ['completion/complete', { capability: 'completions', run: complete }],
]);

/**
 * Runs a request: its method, whether the catalog has the capability, the shape of the params, the handler. Throws or rejects
 * with what the handler does, and with {@link RpcError} -32601 for a method that is not offered here.
 */
export function dispatch(compiled: CompiledCatalog, method: string, params: Params, context: CallContext): unknown {
  const found = methods.get(method);
  if (!found || !(found.capability in compiled.capabilities)) throw methodNotFound();
  return found.run(compiled, params, context);
}

export function methodNotFound(): RpcError {
  return new RpcError(RPC.methodNotFound, 'Method not found');
}

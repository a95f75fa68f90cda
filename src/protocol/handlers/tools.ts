import type { CallContext } from '../../catalog/context.js';
import type { ToolResult } from '../../catalog/define.js';
import { isToolError } from '../../catalog/errors.js';
import type { CompiledCatalog } from '../compile.js';
import { page } from '../pagination.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import { withheldError } from './withheld.js';

/** `tools/list` (server/tools, "Listing Tools"). */
export function listTools(compiled: CompiledCatalog, params: { cursor?: unknown }): Record<string, unknown> {
  const { items, ...next } = page('tools/list', compiled.catalog.tools, params.cursor, compiled.pageSize('tools'));
  return { tools: items.map((tool) => compiled.tools.get(tool.name)?.listed()), ...next };
}

/**
 * `tools/call` (server/tools, "Calling Tools"). An unknown tool and arguments that fail the schema are -32602;
 * what goes wrong inside the tool is a result with `isError`, for the model to read.
 */
export async function callTool(
  compiled: CompiledCatalog,
  params: { name: string; arguments?: Record<string, unknown> },
  context: CallContext,
): Promise<ToolResult> {
  const found = compiled.tools.get(params.name);
  if (!found) throw unknownTool(compiled, params.name);
  const checked = found.input.check(params.arguments ?? {});
  if ('faults' in checked) {
    throw new RpcError(RPC.invalidParams, `Invalid arguments for tool ${params.name}: ${checked.faults}`);
  }
  let result: ToolResult;
  try {
    result = await found.tool.handler(checked.value as never, context);
  } catch (error) {
    if (isToolError(error)) return { content: [{ type: 'text', text: error.message }], isError: true };
    throw error;
  }
  if (found.output && !result.isError) {
    const output = found.output.check(result.structuredContent);
    if ('faults' in output) throw new TypeError(`Tool ${params.name} broke its output schema: ${output.faults}`);
  }
  return result;
}

function unknownTool({ catalog }: CompiledCatalog, name: string): RpcError {
  return withheldError(catalog, name) ?? new RpcError(RPC.invalidParams, `Unknown tool: ${name}`);
}

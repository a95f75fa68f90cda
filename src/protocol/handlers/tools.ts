import type { CallContext } from '../../catalog/context.js';
import type { HandedOn } from '../../catalog/content.js';
import type { Tool, ToolResult } from '../../catalog/define.js';
import { isInvalidArgumentsError, isToolError } from '../../catalog/errors.js';
import { writtenOnce } from '../answer.js';
import type { CompiledCatalog } from '../compile.js';
import { page } from '../pagination.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import { lostDigitsIn } from '../../rpc/lost-digits.js';
import { isObject } from '../../rpc/messages.js';
import type { Params } from '../params.js';
import { cursorIn, objectOrNone, stringIn } from '../params.js';
import { withheldError } from '../compile.js';

/** What a handler returns that has handed its task on: nothing, which no schema is to judge. */
export const HANDED_ON: HandedOn = Object.freeze({ content: [] });

const NEEDS_TASKS =
  'can only be called as a task: by a client of revision 2026-07-28 with the Tasks extension, from a server whose nodes share a storage';

/** `tools/list` (server/tools, "Listing Tools"). */
export function listTools(compiled: CompiledCatalog, params: Params): Record<string, unknown> {
  const { items, ...next } = page('tools/list', compiled.catalog.tools, cursorIn(params), compiled.pageSize('tools'));
  return { tools: listed(compiled, items), ...next };
}

/** What is listed of each page: made and written once. */
const lists = new WeakMap<readonly Tool[], readonly unknown[]>();

function listed({ tools }: CompiledCatalog, page: readonly Tool[]): readonly unknown[] {
  const made = lists.get(page) ?? writtenOnce(page.map(({ name }) => tools.get(name)?.listed()));
  lists.set(page, made);
  return made;
}

/**
 * `tools/call` (server/tools, "Calling Tools"). An unknown tool and malformed params are -32602; arguments that fail the tool's
 * schema (SEP-1303), and what goes wrong inside the tool, are a result with `isError`, for the model to read.
 */
export async function callTool(compiled: CompiledCatalog, params: Params, context: CallContext): Promise<ToolResult> {
  const name = stringIn(params, 'name');
  const given = objectOrNone(params, 'arguments');
  const found = compiled.tools.get(name);
  if (!found) throw withheldError(compiled, name) ?? new RpcError(RPC.invalidParams, `Unknown tool: ${name}`);
  if (found.tool.task === 'required' && !context.client.tasks) return failed(`Tool ${name} ${NEEDS_TASKS}`);
  const lost = found.tool.exactNumbers ? lostDigitsIn(params) : [];
  if (lost.length > 0) {
    const faults = lost.map(
      ({ path, digits }) =>
        `${path}: a JSON number does not keep the digits of ${digits}: give it as a string, "${digits}"`,
    );
    return failed(`Invalid arguments for tool ${name}: ${faults.join('; ')}`);
  }
  const checked = found.input.check(given);
  if ('faults' in checked) return failed(`Invalid arguments for tool ${name}: ${checked.faults}`);
  let result: ToolResult;
  try {
    result = await found.tool.handler(checked.value as never, context);
  } catch (error) {
    if (isToolError(error) || isInvalidArgumentsError(error)) return failed(error.message);
    throw error;
  }
  if (result === HANDED_ON) return result;
  if (!isObject(result)) throw new TypeError(`Tool ${name} answered with something that is not a result`);
  // Clients insist on the content, of which an author whose result is structured may not think.
  if (result.content === undefined) result = { ...result, content: [] };
  if (!Array.isArray(result.content) || !result.content.every(isBlock))
    throw new TypeError(`Tool ${name} answered with content that is not a list of blocks`);
  if (found.output && !result.isError) {
    const output = found.output.check(result.structuredContent);
    if ('faults' in output) throw new TypeError(`Tool ${name} broke its output schema: ${output.faults}`);
  }
  return result;
}

function isBlock(block: unknown): boolean {
  return isObject(block) && typeof block.type === 'string';
}

/** A result for the model to read, which says what went wrong. */
export function failed(text: string): ToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}

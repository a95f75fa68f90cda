import { requireParamHeaders } from '../protocol/modern/headers.js';
import type { Headers } from '../protocol/modern/headers.js';
import type { RpcRequest } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import type { ParamHeader } from '../rpc/param-headers.js';
import { paramHeadersOf } from '../rpc/param-headers.js';
import { ask, ownEnvelope } from './greet.js';
import type { LiveServer } from './live-server.js';

/** Pages of a list that are read, and how long what was read counts where nothing says that it has changed, ms. */
const PAGES_LIMIT = 50;
const FRESH_MS = 300_000;

/** What a server's tools want to be repeated in headers, which is checked where the headers are (2026-07-28, "Server Validation"). */
export class ListedTools {
  private listed:
    | { readonly headers: Promise<ReadonlyMap<string, readonly ParamHeader[]>>; readonly at: number }
    | undefined;

  /** The list has changed, or there is another server. */
  forget(): void {
    this.listed = undefined;
  }

  /** Throws an RpcError -32020 for a call whose headers don't say what its arguments say. */
  async require(headers: Headers, { method, params }: RpcRequest, server: LiveServer): Promise<void> {
    if (method !== 'tools/call') return;
    if (!this.listed || performance.now() - this.listed.at > FRESH_MS)
      this.listed = { headers: read(server), at: performance.now() };
    const expected = (await this.listed.headers).get(String(params?.name));
    if (expected) requireParamHeaders(headers, params?.arguments, expected);
  }
}

/** By the tool's name, of those that have any; what can't be listed, or is malformed, is its clients' to refuse. */
async function read(server: LiveServer): Promise<ReadonlyMap<string, readonly ParamHeader[]>> {
  const found = new Map<string, readonly ParamHeader[]>();
  let cursor: unknown;
  for (let page = 0; page < PAGES_LIMIT; page += 1) {
    const { result } = await ask(server, 'tools/list', {
      ...(cursor !== undefined && { cursor }),
      _meta: ownEnvelope(),
    });
    for (const tool of Array.isArray(result?.tools) ? (result.tools as unknown[]) : []) {
      const headers = isObject(tool) ? headersOf(String(tool.name), tool.inputSchema) : [];
      if (isObject(tool) && headers.length > 0) found.set(String(tool.name), headers);
    }
    cursor = result?.nextCursor;
    if (typeof cursor !== 'string') break;
  }
  return found;
}

function headersOf(name: string, schema: unknown): readonly ParamHeader[] {
  try {
    return paramHeadersOf(name, schema);
  } catch {
    return [];
  }
}

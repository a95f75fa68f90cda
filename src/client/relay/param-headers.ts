import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { isObject } from '../../rpc/messages.js';
import { argumentAt, paramHeadersOf } from '../../rpc/param-headers.js';
import type { ParamHeader } from '../../rpc/param-headers.js';
import { headerValue } from '../header-value.js';

/** Tools that are remembered; a list that goes on beyond is of a server that wants to fill this memory. */
const TOOLS = 10_000;

/**
 * Which arguments of which tools go into headers as well (2026-07-28, server/tools, "x-mcp-header"). A client that speaks over a pipe has
 * no headers to write, so that the lists of tools that pass by have to tell.
 */
export class ParamHeaders {
  private readonly tools = new Map<string, readonly ParamHeader[]>();

  /** Learns from a result that passes by. */
  learn({ result }: { result?: unknown }): void {
    if (!isObject(result) || !Array.isArray(result.tools)) return;
    for (const tool of result.tools as unknown[]) {
      if (isObject(tool) && typeof tool.name === 'string') this.learnTool(tool.name, tool.inputSchema);
    }
  }

  /** The headers for a call; undefined for all that is no call of a tool that asks for some. */
  of(message: JSONRPCMessage): Record<string, string> | undefined {
    if (!('method' in message) || message.method !== 'tools/call') return undefined;
    const { name, arguments: args } = message.params ?? {};
    const asked = this.tools.get(String(name));
    if (asked === undefined) return undefined;
    const values = asked.map(({ header, path }) => [header, argumentAt(args, path)] as const);
    return Object.fromEntries(
      values.filter(([, value]) => value !== undefined).map(([header, value]) => [header, headerValue(String(value))]),
    );
  }

  private learnTool(name: string, schema: unknown): void {
    this.tools.delete(name);
    try {
      const asked = paramHeadersOf(name, schema);
      if (asked.length > 0 && this.tools.size < TOOLS) this.tools.set(name, asked);
    } catch {
      // Its annotations can't be meant, and a client leaves such a tool out.
    }
  }
}

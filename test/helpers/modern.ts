import { META } from '../../src/rpc/era.js';

export const MODERN = '2026-07-28';

/** An envelope; `capabilities` are the client's. */
export function envelope(capabilities: object = {}, more: object = {}): Record<string, unknown> {
  return { [META.protocolVersion]: MODERN, [META.clientCapabilities]: capabilities, ...more };
}

export interface ModernAnswer {
  readonly status: number;
  /** The JSON-RPC answer: the body, or the last event of the stream. */
  readonly body: {
    readonly id?: string | number | null;
    readonly result?: Record<string, unknown>;
    readonly error?: { code: number; message: string; data?: Record<string, unknown> };
  };
  readonly headers: Headers;
}

/** Sends one request of the modern era as a client does that does everything right; headers of `null` are left out. */
export async function post(
  url: string,
  method: string,
  params: Record<string, unknown> = {},
  { headers = {}, id = 1 as string | number }: { headers?: Record<string, string | null>; id?: string | number } = {},
): Promise<ModernAnswer> {
  const name = params.name ?? params.uri ?? params.taskId;
  const all: Record<string, string | null> = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': MODERN,
    'Mcp-Method': method,
    ...(typeof name === 'string' && { 'Mcp-Name': name }),
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: { _meta: envelope(), ...params } });
  const answer = await fetch(url, { method: 'POST', headers: given, body });
  const text = await answer.text();
  const last = text.startsWith('event:') ? text.trim().split('data: ').at(-1) : text;
  return {
    status: answer.status,
    body: last === undefined || last === '' ? {} : (JSON.parse(last) as ModernAnswer['body']),
    headers: answer.headers,
  };
}

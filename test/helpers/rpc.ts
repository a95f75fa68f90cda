import { expect } from 'vitest';

/** A JSON-RPC answer, as loosely as a test reads it. */
export interface Answer {
  jsonrpc: string;
  id: string | number | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test looks into a shape of its own
  result?: any;
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Posts a value, or a text as it is. */
export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(url, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: text });
}

let ids = 0;

export function request(
  method: string,
  params?: Record<string, unknown>,
  id: string | number = (ids +=
    1),
): Record<string, unknown> {
  return { jsonrpc: '2.0', id, method, ...(params && { params }) };
}

export function callOf(
  name: string,
  args: Record<string, unknown> = {},
  id?: string | number,
): Record<string, unknown> {
  return request('tools/call', { name, arguments: args }, id);
}

/** Opens a session and resolves to the headers that name it. */
export async function openSession(
  url: string,
  {
    version = '2025-11-25',
    capabilities = {},
    headers = {},
  }: { version?: string; capabilities?: object; headers?: Record<string, string> } = {},
): Promise<Record<string, string>> {
  const clientInfo = { name: 'test', version: '1' };
  const response = await post(
    url,
    request('initialize', { protocolVersion: version, capabilities, clientInfo }),
    headers,
  );
  const id = response.headers.get('mcp-session-id');
  expect(response.status, await response.clone().text()).toBe(200);
  expect(id).not.toBeNull();
  return { ...headers, 'Mcp-Session-Id': String(id), 'MCP-Protocol-Version': version };
}

/** Posts a request of a session and resolves to its JSON answer, however long that takes: no stream is accepted. */
export async function ask(url: string, session: Record<string, string>, body: unknown): Promise<Answer> {
  const response = await post(url, body, { Accept: 'application/json', ...session });
  return (await response.json()) as Answer;
}

import { renderCurl } from '../curl.js';
import { get, post } from './define.js';
import type { Flow } from './define.js';

/** The session lifecycle: health, metrics, `initialize`, a call with the session id, its history, the end. */
export const stateful: Flow = function* (endpoint) {
  let session = '';
  const headers = (): Record<string, string> => ({ 'mcp-session-id': session });
  const line = (request: Parameters<typeof renderCurl>[0]): string =>
    renderCurl(request, { sessionVariable: 'SESSION_ID' });

  yield { title: 'Is the server well?', request: get(endpoint, '/health') };
  yield {
    title: 'What does it count?',
    request: get(endpoint, '/metrics'),
    show: ({ body }) =>
      body
        .split('\n')
        .filter((text) => /^mcp_(active_sessions|sessions_created|calculations)/.test(text))
        .join('\n') || body.slice(0, 500),
  };
  const initialize = post(endpoint, {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '1.0.0' },
  });
  yield {
    title: 'Open a session, and keep its id',
    request: initialize,
    line: `SESSION_ID=$(${renderCurl(initialize).replace('-sS', '-sSi')} | grep -i Mcp-Session-Id | awk '{print $2}' | tr -d '\\r')`,
    keep: (answer) => void (session = answer.headers['mcp-session-id'] ?? ''),
    show: (answer) => `Mcp-Session-Id: ${session}\n${answer.body}`,
  };
  const call = post(
    endpoint,
    {
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'calculate', arguments: { a: 100, b: 50, op: 'add' } },
    },
    headers(),
  );
  yield { title: 'Call a tool in the session', request: call, line: line(call) };
  const history = post(
    endpoint,
    { jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'calculator://history' } },
    headers(),
  );
  yield { title: 'The session remembers', request: history, line: line(history) };
  const end = { method: 'DELETE', url: endpoint.href, headers: headers() };
  yield { title: 'End the session', request: end, line: line(end) };
};

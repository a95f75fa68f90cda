import { renderCurl } from '../curl.js';
import { latestVersion as LATEST } from '../../rpc/versions.js';
import { get, post, resultIn } from './define.js';
import type { Flow } from './define.js';

/** The session lifecycle: health, metrics, the handshake, a call with the session id, its history, the end. */
export const stateful: Flow = function* (endpoint) {
  let session = '';
  let version = LATEST;
  const headers = (): Record<string, string> => ({ 'mcp-session-id': session, 'mcp-protocol-version': version });
  const line = (request: Parameters<typeof renderCurl>[0]): string =>
    renderCurl(request, { sessionVariable: 'SESSION_ID' });

  yield {
    title: 'Is the server well?',
    why: 'For load balancers and people; no part of the protocol.',
    request: get(endpoint, '/health'),
  };
  yield {
    title: 'What does it count?',
    why: 'For Prometheus; no part of the protocol either.',
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
    params: { protocolVersion: LATEST, capabilities: {}, clientInfo: { name: 'curl', version: '1' } },
  });
  yield {
    title: 'Open a session, and keep its id',
    why: 'Both sides say which version they speak and what they can do; every request after it names the session.',
    request: initialize,
    line: `SESSION_ID=$(${renderCurl(initialize).replace('-sS', '-sSi')} | grep -i Mcp-Session-Id | awk '{print $2}' | tr -d '\\r')`,
    keep: (answer) => {
      session = answer.headers['mcp-session-id'] ?? '';
      version = resultIn<{ protocolVersion: string }>(answer).protocolVersion ?? LATEST;
    },
    show: (answer) => `Mcp-Session-Id: ${session}\n${answer.body}`,
  };
  const initialized = post(endpoint, { jsonrpc: '2.0', method: 'notifications/initialized' }, headers());
  yield {
    title: 'Say that the handshake is done',
    why: 'From now on the server may ask and tell by itself; the version goes into a header of each request.',
    request: initialized,
    line: line(initialized),
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
  yield {
    title: 'Call a tool in the session',
    why: 'What a model does: the arguments follow the schema of the tool.',
    request: call,
    line: line(call),
  };
  const history = post(
    endpoint,
    { jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'calculator://history' } },
    headers(),
  );
  yield {
    title: 'The session remembers',
    why: 'A resource is read by its URI; this one is what the session has calculated.',
    request: history,
    line: line(history),
  };
  const end = { method: 'DELETE', url: endpoint.href, headers: headers() };
  yield {
    title: 'End the session',
    why: 'The server forgets it at once, and not only when its time is over.',
    request: end,
    line: line(end),
  };
};

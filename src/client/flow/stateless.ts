import { get, post } from './define.js';
import type { Flow } from './define.js';

/** Requests that need no session: a calculation and a progress stream, each as a batch of one, then the tools. */
export const stateless: Flow = function* (endpoint) {
  yield {
    title: 'Is the server well?',
    why: 'For load balancers and people; no part of the protocol.',
    request: get(endpoint, '/health'),
  };
  yield {
    title: 'Calculate, without any handshake',
    why: 'A server without sessions needs none: any node can answer any request.',
    request: post(endpoint, [
      {
        jsonrpc: '2.0',
        id: 'req-1',
        method: 'tools/call',
        params: { name: 'calculate', arguments: { a: 100, b: 5, op: 'divide', precision: 4 } },
      },
    ]),
  };
  const progress = post(endpoint, [
    { jsonrpc: '2.0', id: 'req-2', method: 'tools/call', params: { name: 'demo_progress', arguments: {} } },
  ]);
  yield {
    title: 'Progress arrives as server-sent events',
    why: 'What the server tells before its answer makes a stream of it, which the answer ends.',
    request: progress,
    stream: true,
  };
  yield {
    title: 'What tools are there?',
    why: 'What a host reads at first, for its model to choose from.',
    request: post(endpoint, { jsonrpc: '2.0', id: 'req-3', method: 'tools/list' }),
  };
};

import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ClientError } from './errors.js';
import { requestOf } from './http-request.js';
import type { HttpRequest } from './http-request.js';

/** The request that the verb is about has been shown: there is nothing more to do. */
export class DryRunEnd extends ClientError {
  constructor() {
    super('cancelled', 'The request was shown, not sent');
    this.name = 'DryRunEnd';
  }
}

/** Any path: what is sent there goes nowhere. */
const ENDPOINT = '/dry-run-endpoint';

/**
 * A fetch that sends nothing. It shows the requests, plays a server through the handshake, and ends
 * with {@link DryRunEnd} at the first request after it.
 */
export function dryRunFetch(
  kind: 'sse' | 'streamable-http',
  protocolVersion: string,
  show: (request: HttpRequest) => void,
): FetchLike {
  let events: ReadableStreamDefaultController<Uint8Array> | undefined;
  const encoder = new TextEncoder();
  const send = (event: string, data: string): void =>
    events?.enqueue(encoder.encode(`event: ${event}\ndata: ${data}\n\n`));

  return (url, init = {}) => {
    const request = requestOf(url, init);
    if (request.method !== 'POST') {
      if (kind === 'streamable-http') return Promise.resolve(new Response(null, { status: 405 }));
      show(request);
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void (events = controller) });
      send('endpoint', ENDPOINT);
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
    }
    show(request);
    const { id, method } = JSON.parse(request.body ?? '{}') as { id?: unknown; method?: string };
    if (id === undefined) return Promise.resolve(new Response(null, { status: 202 }));
    if (method !== 'initialize') return Promise.reject(new DryRunEnd());
    const result = {
      protocolVersion,
      capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} },
      serverInfo: { name: 'dry-run', version: '0' },
    };
    const answer = JSON.stringify({ jsonrpc: '2.0', id, result });
    if (kind === 'sse') {
      send('message', answer);
      return Promise.resolve(new Response(null, { status: 202 }));
    }
    return Promise.resolve(
      new Response(answer, { headers: { 'content-type': 'application/json', 'mcp-session-id': 'dry-run' } }),
    );
  };
}

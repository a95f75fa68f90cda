import type { FetchLike } from '@modelcontextprotocol/client';
import { META } from '../rpc/era.js';
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

/** What the played server offers: everything, so that every request is made. */
const CAPABILITIES = { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {} };
const SERVER = { name: 'dry-run', version: '0' };

/** Any path: what is sent there goes nowhere. */
const ENDPOINT = '/dry-run-endpoint';

/**
 * A fetch that sends nothing. It shows the requests, plays a server through the handshake of its era, and ends
 * with {@link DryRunEnd} at the first request after it.
 */
export function dryRunFetch(
  kind: 'sse' | 'streamable-http',
  protocolVersion: string,
  show: (request: HttpRequest) => void,
): FetchLike {
  let events: ReadableStreamDefaultController<Uint8Array> | undefined;
  let discovered = false;
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
    const { id, method } = JSON.parse(request.body ?? '{}') as { id?: unknown; method?: string };
    const discovering = method === 'server/discover' && !discovered;
    // The modern era has no handshake: looking for a server is no part of a request to it.
    if (!discovering) show(request);
    if (id === undefined) return Promise.resolve(new Response(null, { status: 202 }));
    if (!discovering && method !== 'initialize') return Promise.reject(new DryRunEnd());
    discovered = true;
    const result = discovering
      ? discoveryOf(protocolVersion)
      : { protocolVersion, capabilities: CAPABILITIES, serverInfo: SERVER };
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

function discoveryOf(protocolVersion: string): object {
  return {
    resultType: 'complete',
    supportedVersions: [protocolVersion],
    capabilities: CAPABILITIES,
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { [META.serverInfo]: SERVER },
  };
}

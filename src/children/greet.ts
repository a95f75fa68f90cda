import { within } from '../net/time-limit.js';
import { version } from '../package-info.js';
import { META } from '../rpc/era.js';
import type { RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import { latestVersion, modernVersions } from '../rpc/versions.js';
import type { LiveServer, Voice } from './live-server.js';

/** How long a server may be silent to `server/discover` before it is also sent `initialize`, ms. */
const DISCOVER_MS = 4_000;

/** Who asks, where it is no client of ours. */
const CLIENT_INFO = { name: 'mcp-calc', version };

/**
 * What a server may ask that many clients share: what is about a request, while it is the only one. Roots are one client's, and asked for
 * when no request runs.
 */
const SHARED_CAPABILITIES = { elicitation: {}, sampling: {} };

export type Result = Readonly<Record<string, unknown>>;

/** How a server introduced itself: in the legacy era's `initialize`, or by what it answers to `server/discover`. */
export interface Greeting {
  readonly era: 'legacy' | 'modern';
  readonly result: Result;
}

/** Sends a request of our own. Never rejects: what went wrong is the response's error. */
export function ask(server: LiveServer, method: string, params: Record<string, unknown>): Promise<RpcResponse> {
  return new Promise((resolve) => {
    const voice: Voice = {
      notify: async () => undefined,
      ask: async () => {
        throw new Error('It asks before it was greeted: a server waits for its client');
      },
      heard: () => undefined,
      answer: resolve,
    };
    const request: RpcRequest = { jsonrpc: '2.0', id: 0, method, params };
    server.call(request, voice);
  });
}

/** Greets a server of the legacy era for all who share it. Rejects with what it says instead. */
export async function initialize(server: LiveServer): Promise<Greeting> {
  const params = { protocolVersion: latestVersion, capabilities: SHARED_CAPABILITIES, clientInfo: CLIENT_INFO };
  const { result, error } = await ask(server, 'initialize', params);
  if (!result) throw new Error(error?.message ?? 'no result');
  server.notify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return { era: 'legacy', result };
}

/** What a request of our own says of itself in the modern era. */
export function ownEnvelope(): Record<string, unknown> {
  return { [META.protocolVersion]: modernVersions[0], [META.clientCapabilities]: {}, [META.clientInfo]: CLIENT_INFO };
}

/**
 * Asks a server which generation it is of. A server of the legacy one answers with an error, ends, or is silent, which one that is slow to
 * start is too: so after a while it is greeted as well, and what it answers counts. Rejects where it is none of both.
 */
export async function greet(server: LiveServer): Promise<Greeting> {
  const discovered = discover(server);
  const early = await within(discovered, DISCOVER_MS, () => undefined);
  if (early) return early;
  if (server.hasEnded) throw new Error('it ended');
  const initialized = initialize(server);
  initialized.catch(() => undefined);
  // Never settles where it is no modern server.
  const late = new Promise<Greeting>((resolve) => void discovered.then((found) => found && resolve(found)));
  return Promise.race([late, initialized]);
}

/** What a server of the modern era answers; undefined of any other. */
export async function discover(server: LiveServer): Promise<Greeting | undefined> {
  const { result } = await ask(server, 'server/discover', { _meta: ownEnvelope() });
  const versions = isObject(result) ? result.supportedVersions : undefined;
  const speaks = Array.isArray(versions) && versions.some((each) => modernVersions.includes(String(each)));
  return result && speaks ? { era: 'modern', result } : undefined;
}

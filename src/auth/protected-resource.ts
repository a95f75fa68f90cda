import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressOf, addressesOf } from './addresses.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
/** The endpoints that are resources of their own; each is named by its path below the base address. */
const RESOURCE_PATHS = ['/mcp', '/sse'];
/** How long a client may keep the metadata, seconds. */
const MAX_AGE_S = 300;

export interface ProtectedResourceOptions {
  /** The address under which clients know this server. */
  readonly baseUrl: string;
  /** Issuers whose tokens are accepted. */
  readonly authorizationServers: readonly string[];
  readonly scopes: readonly string[];
  readonly name?: string;
}

/** The identifiers (RFC 8707) of a server at this address: a token for any of them is a token for it. */
export function resourcesOf(baseUrl: string): string[] {
  return addressesOf(baseUrl).flatMap((base) => [...RESOURCE_PATHS.map((path) => base + path), base]);
}

/**
 * Whether two resource identifiers (RFC 8707 §2) name the same resource. One slash at the end makes no difference:
 * URL parsers add it to `https://host`, and clients send both spellings.
 */
export function sameResource(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

function comparable(resource: string): string {
  const spelled = URL.canParse(resource) ? new URL(resource).href : resource;
  return spelled.endsWith('/') ? spelled.slice(0, -1) : spelled;
}

/** Where the metadata of the endpoint at `path` is found; the legacy message endpoints belong to `/sse`. */
export function metadataUrlFor(base: string, path: string): string {
  const resource = /^\/(?:sse|messages?)\/?$/.test(path) ? '/sse' : '/mcp';
  return `${base}${WELL_KNOWN}${resource}`;
}

/**
 * Serves protected-resource metadata (RFC 9728 §3) for the server as a whole and for each endpoint; returns
 * false, without an answer, for any other path. The SDK's `mcpAuthMetadataRouter` serves one resource, and only together with the
 * metadata of an authorization server, which is not this server's to serve in `jwt` and `introspection` mode.
 */
export function protectedResourceMetadata({ baseUrl, authorizationServers, scopes, name }: ProtectedResourceOptions) {
  const addresses = addressesOf(baseUrl);
  const described = (resource: string) =>
    JSON.stringify({
      resource,
      authorization_servers: authorizationServers,
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
      resource_name: name,
    });
  const documents = new Map(
    addresses.map((base) => [
      base,
      new Map(['', ...RESOURCE_PATHS].map((path) => [WELL_KNOWN + path, described(base + path)])),
    ]),
  );
  return (req: IncomingMessage, res: ServerResponse): boolean => {
    const path = (req.url ?? '').split('?', 1)[0] ?? '';
    if (!path.startsWith(WELL_KNOWN)) return false;
    const document = documents.get(addressOf(addresses, req))?.get(path);
    if (document === undefined) return false;
    // Public by nature, and read by clients that run in a browser.
    res.setHeader('Access-Control-Allow-Origin', '*');
    if (req.method === 'OPTIONS') {
      res
        .writeHead(204, { 'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS', 'Access-Control-Allow-Headers': '*' })
        .end();
    } else if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.writeHead(405, { Allow: 'GET, HEAD, OPTIONS' }).end();
    } else {
      res.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(document),
        'Cache-Control': `max-age=${MAX_AGE_S}`,
      });
      res.end(req.method === 'HEAD' ? undefined : document);
    }
    return true;
  };
}

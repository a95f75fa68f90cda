import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { InvalidClientError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { OAuthClientMetadataSchema } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { OAuthClientInformationFull } from '@modelcontextprotocol/sdk/shared/auth.js';
import { readBounded } from '../net/body.js';
import type { Clock } from '../auth/verifier.js';
import { publicLookup, requirePublicHost } from './public-address.js';
import { isAllowedRedirectUri } from './redirect-uri.js';

/** Bytes of a document; the draft recommends 5 KiB. */
export const DOCUMENT_LIMIT = 10_240;
/** From the look-up of the name to the last byte. */
export const DOCUMENT_TIMEOUT_MS = 3_000;
/** How long a fetched document is used, and how many are kept. */
export const DOCUMENT_MAX_AGE_MS = 300_000;
export const DOCUMENTS_KEPT = 200;
/** Documents that are fetched at once; a client beyond it is refused for the moment. */
export const DOCUMENTS_AT_ONCE = 16;

/**
 * Whether a client id is the address of a client-id metadata document (draft-ietf-oauth-client-id-metadata-document §3):
 * https with a path, written as a URL parser writes it, and so without dot segments, without fragment and user.
 */
export function isDocumentAddress(clientId: string, allowLoopback = false): boolean {
  if (!URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  const secure = url.protocol === 'https:' || (allowLoopback && url.protocol === 'http:');
  return (
    secure &&
    url.pathname !== '/' &&
    url.href === clientId &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  );
}

/**
 * Reads clients from the documents their ids point to. Rejects with the SDK's `InvalidClientError`, whose words tell a
 * stranger nothing about the network. With `allowLoopback`, also from http servers on this machine, for development.
 */
export function clientDocuments({
  allowLoopback = false,
  now = () => performance.now(),
}: {
  allowLoopback?: boolean;
  now?: Clock;
} = {}) {
  const kept = new Map<string, { client: OAuthClientInformationFull; until: number }>();
  let underWay = 0;
  return async (clientId: string): Promise<OAuthClientInformationFull> => {
    const hit = kept.get(clientId);
    if (hit && hit.until > now()) return hit.client;
    if (underWay >= DOCUMENTS_AT_ONCE)
      throw new InvalidClientError('Too many client metadata documents are being fetched: try again');
    underWay += 1;
    try {
      const client = clientOf(clientId, await fetchDocument(new URL(clientId), allowLoopback));
      kept.delete(clientId);
      if (kept.size >= DOCUMENTS_KEPT) kept.delete(kept.keys().next().value as string);
      kept.set(clientId, { client, until: now() + DOCUMENT_MAX_AGE_MS });
      return client;
    } catch (error) {
      if (error instanceof InvalidClientError) throw error;
      throw new InvalidClientError('The client metadata document could not be fetched');
    } finally {
      underWay -= 1;
    }
  };
}

async function fetchDocument(url: URL, allowLoopback: boolean): Promise<unknown> {
  requirePublicHost(url.hostname, allowLoopback);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const signal = AbortSignal.timeout(DOCUMENT_TIMEOUT_MS);
    const headers = { accept: 'application/json' };
    send(url, { signal, headers, lookup: publicLookup(allowLoopback), agent: false }, resolve)
      .on('error', reject)
      .end();
  });
  // Node follows no redirect, which the draft forbids anyway: each hop could lead inside.
  if (
    response.statusCode !== 200 ||
    !/^application\/(?:[\w.+-]+\+)?json\b/i.test(response.headers['content-type'] ?? '')
  ) {
    response.destroy();
    throw new InvalidClientError('The client metadata document is not there, or not JSON');
  }
  return JSON.parse(await readBounded(response, DOCUMENT_LIMIT));
}

function clientOf(clientId: string, document: unknown): OAuthClientInformationFull {
  const metadata = OAuthClientMetadataSchema.safeParse(document);
  if (!metadata.success || (document as { client_id?: unknown }).client_id !== clientId) {
    throw new InvalidClientError(
      'The client metadata document is malformed, or names another client_id than its address',
    );
  }
  const { redirect_uris, token_endpoint_auth_method: method = 'none' } = metadata.data;
  if (method !== 'none')
    throw new InvalidClientError(
      'The client metadata document asks for client authentication: only public clients can use one here',
    );
  if (redirect_uris.length === 0 || !redirect_uris.every(isAllowedRedirectUri)) {
    throw new InvalidClientError('The client metadata document has a redirect URI that is not allowed');
  }
  return { ...metadata.data, client_id: clientId };
}

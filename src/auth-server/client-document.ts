import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { InvalidClientError, OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { OAuthClientMetadataSchema } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { OAuthClientInformationFull } from '@modelcontextprotocol/sdk/shared/auth.js';
import { readBounded } from '../net/body.js';
import type { Clock } from '../auth/verifier.js';
import { applicationTypeOf } from './application-type.js';
import { publicLookup, requirePublicHost } from '../net/public-address.js';
import { isAllowedRedirectUri } from './redirect-uri.js';

/** Bytes of a document; the draft recommends 5 KiB. */
export const DOCUMENT_LIMIT = 10_240;
/** From the look-up of the name to the last byte. */
export const DOCUMENT_TIMEOUT_MS = 3_000;
/** How long a fetched document is used, and how many are kept. */
export const DOCUMENT_MAX_AGE_MS = 300_000;
export const DOCUMENTS_KEPT = 200;
/** How long a failure is told without another fetch, and how many of them are remembered. */
export const FAILURE_MAX_AGE_MS = 60_000;
export const FAILURES_KEPT = 1_000;
/** Documents that are fetched at once, and in a minute; a client beyond it is refused for the moment, whatever limits its requests. */
export const DOCUMENTS_AT_ONCE = 16;
export const DOCUMENTS_A_MINUTE = 60;
const MINUTE_MS = 60_000;

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
 * Reads clients from the documents their ids point to: each is fetched once for all who ask at the same time, and a failure
 * is remembered, so that a stranger can't have this server knock at another's door as often as he likes. Rejects with the SDK's `InvalidClientError`, whose words tell a
 * stranger nothing about the network. With `allowLoopback`, also from http servers on this machine, for development.
 */
export function clientDocuments({
  allowLoopback = false,
  now = () => performance.now(),
}: {
  allowLoopback?: boolean;
  now?: Clock;
} = {}) {
  const kept = expiring<OAuthClientInformationFull>(DOCUMENTS_KEPT, now);
  const failed = expiring<string>(FAILURES_KEPT, now);
  const underWay = new Map<string, Promise<OAuthClientInformationFull>>();
  const minute = { ends: -Infinity, fetches: 0 };

  function admit(): void {
    if (now() >= minute.ends) Object.assign(minute, { ends: now() + MINUTE_MS, fetches: 0 });
    if (underWay.size >= DOCUMENTS_AT_ONCE || minute.fetches >= DOCUMENTS_A_MINUTE)
      throw new InvalidClientError('Too many client metadata documents are being fetched: try again');
    minute.fetches += 1;
  }

  async function fetchClient(clientId: string): Promise<OAuthClientInformationFull> {
    try {
      const client = clientOf(clientId, await fetchDocument(new URL(clientId), allowLoopback));
      kept.set(clientId, client, DOCUMENT_MAX_AGE_MS);
      return client;
    } catch (error) {
      const refusal =
        error instanceof OAuthError
          ? error
          : new InvalidClientError('The client metadata document could not be fetched');
      failed.set(clientId, refusal.message, FAILURE_MAX_AGE_MS);
      throw refusal;
    } finally {
      underWay.delete(clientId);
    }
  }

  return async (clientId: string): Promise<OAuthClientInformationFull> => {
    const client = kept.get(clientId);
    if (client) return client;
    const failure = failed.get(clientId);
    if (failure !== undefined) throw new InvalidClientError(failure);
    const joined = underWay.get(clientId);
    if (joined) return joined;
    admit();
    const fetching = fetchClient(clientId);
    underWay.set(clientId, fetching);
    return fetching;
  };
}

/** Values for a while, of which the oldest makes room for one too many. */
function expiring<T>(limit: number, now: Clock) {
  const values = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    get(key: string): T | undefined {
      const found = values.get(key);
      return found && found.until > now() ? found.value : undefined;
    },
    set(key: string, value: T, forMs: number): void {
      values.delete(key);
      if (values.size >= limit) values.delete(values.keys().next().value as string);
      values.set(key, { value, until: now() + forMs });
    },
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
  const type = applicationTypeOf(document, redirect_uris);
  return { ...metadata.data, client_id: clientId, ...(type && { application_type: type }) };
}

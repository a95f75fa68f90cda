import type { OAuthRegisteredClientsStore } from '@modelcontextprotocol/sdk/server/auth/clients.js';
import { InvalidClientMetadataError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { OAuthClientInformationFull } from '@modelcontextprotocol/sdk/shared/auth.js';
import type { Clock } from '../auth/verifier.js';
import type { ApplicationType } from './application-type.js';
import { registeredType } from './application-type.js';
import { clientDocuments, isDocumentAddress } from './client-document.js';
import type { Lifetimes } from './limits.js';
import { isAllowedRedirectUri } from './redirect-uri.js';
import { hashOf } from './secrets.js';
import type { ValueStore } from '../sessions/contract.js';

/** Redirect URIs of one client. */
export const REDIRECT_URIS_PER_CLIENT = 20;
/** Characters of a client's name, which a person is shown. */
export const CLIENT_NAME_LENGTH = 100;
/** Characters of the scopes that a client names. */
export const CLIENT_SCOPE_LENGTH = 2_000;
/** Characters of a client id: it is an address, or one of ours. */
const CLIENT_ID_LENGTH = 2_000;

/** The clients of the authorization server: registered ones (RFC 7591), and those that describe themselves at the address that is their id. */
export interface Clients extends OAuthRegisteredClientsStore {
  getClient(clientId: string): Promise<OAuthClientInformationFull | undefined>;
  /** Notes that the client is in use, so that it is kept. */
  keep(clientId: string): Promise<void>;
}

/** `client_secret` of what `getClient` returns is a hash: requests must be compared by {@link hashOf} of what they bring. */
export function clientsIn(
  store: ValueStore,
  lifetimes: Lifetimes,
  options: { allowLoopback?: boolean; now?: Clock },
): Clients {
  const fetchClient = clientDocuments(options);
  return {
    async getClient(clientId) {
      if (clientId.length > CLIENT_ID_LENGTH) return undefined;
      if (isDocumentAddress(clientId, options.allowLoopback)) return fetchClient(clientId);
      const [client] = await store.read(keyOf(clientId));
      return client as OAuthClientInformationFull | undefined;
    },
    async registerClient(asked) {
      const client = admissible(asked as OAuthClientInformationFull);
      const { client_secret: secret } = client;
      await store.put(
        keyOf(client.client_id),
        { ...client, client_secret: secret && hashOf(secret) },
        lifetimes.client,
      );
      return client;
    },
    async keep(clientId) {
      await store.renew(keyOf(clientId), lifetimes.client);
    },
  };
}

/** What the client asked for, as far as it can have it (RFC 7591 §3.2.1 lets the server replace values). */
function admissible(
  client: OAuthClientInformationFull,
): OAuthClientInformationFull & { application_type?: ApplicationType } {
  const { redirect_uris: uris, client_name: name } = client;
  if (uris.length === 0 || uris.length > REDIRECT_URIS_PER_CLIENT) {
    throw new InvalidClientMetadataError(`A client has 1 to ${REDIRECT_URIS_PER_CLIENT} redirect_uris`);
  }
  if (!uris.every(isAllowedRedirectUri)) {
    throw new InvalidClientMetadataError(
      'A redirect URI must be https, http on localhost, or the scheme of an application (a known one, or a domain name in reverse such as com.example.app), without fragment and user',
    );
  }
  if (name !== undefined && name.length > CLIENT_NAME_LENGTH) {
    throw new InvalidClientMetadataError(`client_name has more than ${CLIENT_NAME_LENGTH} characters`);
  }
  if ((client.scope ?? '').length > CLIENT_SCOPE_LENGTH) {
    throw new InvalidClientMetadataError(`scope has more than ${CLIENT_SCOPE_LENGTH} characters`);
  }
  const type = registeredType(uris);
  return {
    client_id: client.client_id,
    client_id_issued_at: client.client_id_issued_at,
    client_secret: client.client_secret,
    client_secret_expires_at: client.client_secret_expires_at,
    client_name: name,
    redirect_uris: uris,
    ...(type && { application_type: type }),
    scope: client.scope,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    // HTTP Basic, the default of RFC 7591, is not what the token endpoint of the SDK reads.
    token_endpoint_auth_method: client.client_secret === undefined ? 'none' : 'client_secret_post',
  };
}

function keyOf(clientId: string): string {
  return `client/${clientId}`;
}

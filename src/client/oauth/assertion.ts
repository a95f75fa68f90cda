import { CrossAppAccessProvider, buildDiscoveryUrls, requestJwtAuthorizationGrant } from '@modelcontextprotocol/client';
import type {
  AssertionCallback,
  FetchLike,
  OAuthClientMetadata,
  StoredOAuthClientInformation,
} from '@modelcontextprotocol/client';
import { quote } from '../../text/harmless.js';
import { ClientError } from '../errors.js';
import { Guard } from './guard.js';
import type { MachineIdentity } from './machine.js';
import { machineSignIn } from './sign-in.js';
import type { SignIn } from './sign-in.js';

/** A client that somebody else's JWT speaks for (RFC 7523, 2.1); without a secret it is a public one. */
export interface AssertionIdentity extends MachineIdentity {
  readonly clientSecret?: string;
}

/** Who exchanges the ID token of a person for a grant at the server's authorization server. */
export interface IdentityProvider {
  /** The issuer; only it gets to see the ID token. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** Reads a JWT at every sign-in, since what writes it may have renewed it. */
export type ReadJwt = () => string;

/** Signs in with the JWT of a workload, which the authorization server trusts (SEP-1933). */
export function workloadIdentity(identity: AssertionIdentity, jwt: ReadJwt): SignIn {
  return assertionSignIn(identity, jwt);
}

/**
 * Signs in with the ID token of a person (enterprise-managed authorization, SEP-990): the identity provider exchanges it for a
 * grant that is good for this server alone (RFC 8693), and its authorization server takes that for a token.
 */
export function enterpriseManaged(
  identity: AssertionIdentity,
  { issuer, clientId, clientSecret }: IdentityProvider,
  idToken: ReadJwt,
): SignIn {
  return assertionSignIn(identity, async ({ authorizationServerUrl, resourceUrl, scope }) => {
    // The person has named it: what it names itself is held against where it is, not against where the server is.
    const idp = new URL(issuer);
    const guard = new Guard(idp, { issuer });
    await guard.require(idp);
    const { jwtAuthGrant } = await requestJwtAuthorizationGrant({
      tokenEndpoint: await tokenEndpointOf(issuer, guard.fetch),
      audience: authorizationServerUrl,
      resource: resourceUrl,
      idToken: idToken(),
      clientId,
      clientSecret,
      scope,
      fetchFn: guard.fetch,
    });
    return jwtAuthGrant;
  });
}

/** Nothing more is asked of its metadata than that it is its own (RFC 8414, 3.3): providers leave out fields that are required of them. */
async function tokenEndpointOf(issuer: string, fetchFn: FetchLike): Promise<string> {
  for (const { url } of buildDiscoveryUrls(issuer)) {
    const response = await fetchFn(url);
    const metadata = response.ok ? ((await response.json()) as Readonly<Record<string, unknown>> | null) : undefined;
    if (metadata === undefined) await response.body?.cancel();
    else if (String(metadata?.issuer).replace(/\/$/, '') !== issuer.replace(/\/$/, ''))
      throw refused(`the metadata of ${quote(issuer)} names ${quote(String(metadata?.issuer))} as its issuer`);
    else if (typeof metadata?.token_endpoint === 'string') return metadata.token_endpoint;
  }
  throw refused(`${quote(issuer)} has no metadata with a token endpoint`);
}

function refused(why: string): ClientError {
  return new ClientError('authentication', `Signing in failed: ${why}`, {
    hint: 'The identity provider is named with --idp, as it writes its own issuer.',
  });
}

function assertionSignIn(identity: AssertionIdentity, assertion: AssertionCallback): SignIn {
  return machineSignIn(new AssertionProvider(identity, assertion), { issuer: identity.issuer });
}

/** The SDK's provider knows neither public clients nor a scope of the client's own. */
class AssertionProvider extends CrossAppAccessProvider {
  constructor(
    private readonly identity: AssertionIdentity,
    assertion: AssertionCallback,
  ) {
    const { clientId, clientSecret = '', issuer } = identity;
    super({ clientId, clientSecret, clientName: 'mcp-calc client', expectedIssuer: issuer, assertion });
  }

  override clientInformation(): StoredOAuthClientInformation {
    return { ...super.clientInformation(), client_secret: this.identity.clientSecret };
  }

  override get clientMetadata(): OAuthClientMetadata {
    return { ...super.clientMetadata, scope: this.identity.scope };
  }
}

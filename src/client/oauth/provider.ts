import { randomBytes } from 'node:crypto';
import type {
  DpopSession,
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { quote } from '../../text/harmless.js';
import { ClientError } from '../errors.js';
import type { Credentials, CredentialStore } from './credentials.js';
import { makeProofKey, proofSession } from './proof-key.js';

/** What is known of the client before any server is asked. */
export interface ClientIdentity {
  /** Registered beforehand; otherwise a metadata document or dynamic registration gives one. */
  readonly id?: string;
  readonly secret?: string;
  /** The only authorization server that may see them. */
  readonly issuer?: string;
  /** The https address of a client id metadata document (SEP-991). */
  readonly metadataUrl?: string;
  /** Asked for where the server names no scopes. */
  readonly scope?: string;
}

/** The state of one person's sign-in at one server, as the SDK's `auth` wants it. */
export class PersonProvider implements OAuthClientProvider {
  redirectUrl: string | undefined;
  readonly clientMetadataUrl?: string;
  /** Where the person must be sent, once `auth` has said so. */
  authorizationUrl: URL | undefined;
  private sentState = '';
  private verifier = '';
  private discovery: OAuthDiscoveryState | undefined;
  private proofs: Promise<DpopSession> | undefined;

  constructor(
    private readonly server: string,
    private readonly store: CredentialStore,
    private readonly identity: ClientIdentity,
  ) {
    this.clientMetadataUrl = identity.metadataUrl;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'mcp-calc client',
      // It returns to a loopback port (OpenID Connect Dynamic Client Registration, 2).
      application_type: 'native',
      redirect_uris: this.redirectUrl === undefined ? [] : [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: this.identity.scope,
    };
  }

  state(): string {
    this.sentState = randomBytes(24).toString('base64url');
    return this.sentState;
  }

  /** Whether a redirect answers the request that was made (RFC 6749, 10.12). */
  belongs({ state }: { state?: string }): boolean {
    return state === this.sentState;
  }

  async clientInformation(context?: OAuthClientInformationContext): Promise<StoredOAuthClientInformation | undefined> {
    const { id, secret, issuer = context?.issuer } = this.identity;
    if (id !== undefined) return { client_id: id, client_secret: secret, issuer };
    const { client, redirectUrl } = await this.load();
    // A registration names its redirect address: with another port it is of no use.
    return redirectUrl === this.redirectUrl || this.redirectUrl === undefined ? client : undefined;
  }

  async saveClientInformation(client: StoredOAuthClientInformation): Promise<void> {
    if (this.identity.id === undefined)
      await this.change({ client, ...(this.redirectUrl !== undefined && { redirectUrl: this.redirectUrl }) });
  }

  async tokens(): Promise<StoredOAuthTokens | undefined> {
    return (await this.load()).tokens;
  }

  async saveTokens(tokens: StoredOAuthTokens): Promise<void> {
    await this.change({ tokens, ...(tokens.scope !== undefined && { scope: tokens.scope }) });
  }

  /** Binds tokens to a key of the client's (RFC 9449) where the authorization server says that it can; they stay bound to it. */
  async dpop(): Promise<DpopSession | undefined> {
    const { proofKey } = await this.load();
    if (proofKey) return (this.proofs ??= proofSession(proofKey));
    const metadata = this.discovery?.authorizationServerMetadata as Readonly<Record<string, unknown>> | undefined;
    const algorithms = metadata?.dpop_signing_alg_values_supported;
    if (!Array.isArray(algorithms) || !algorithms.includes('ES256')) return undefined;
    const made = await makeProofKey();
    await this.change({ proofKey: made });
    return (this.proofs = proofSession(made));
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  codeVerifier(): string {
    return this.verifier;
  }

  /** Throws where the authorization server does not say that it takes S256: a client must not go on (authorization, "Authorization Code Protection"). */
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    const methods = state.authorizationServerMetadata?.code_challenge_methods_supported;
    if (methods?.includes('S256') !== true)
      throw new ClientError(
        'authentication',
        `Signing in was refused: ${quote(state.authorizationServerUrl)} does not say that it protects codes by PKCE with S256`,
        {
          hint: 'Its metadata must have S256 in code_challenge_methods_supported. A token from elsewhere can be given with --token.',
        },
      );
    this.discovery = state;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.discovery;
  }

  async invalidateCredentials(what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): Promise<void> {
    if (what === 'all' || what === 'discovery') this.discovery = undefined;
    if (what === 'all' || what === 'verifier') this.verifier = '';
    if (what === 'verifier' || what === 'discovery') return;
    this.reread();
    const { client, tokens, ...rest } = await this.load();
    const kept = {
      ...rest,
      ...(what === 'tokens' && client && { client }),
      ...(what === 'client' && tokens && { tokens }),
    };
    await this.store.save(this.server, kept);
  }

  load(): Promise<Credentials> {
    return this.store.load(this.server);
  }

  /** Looks again into what is kept: another process may have signed in since, with a key of its own. */
  reread(): void {
    this.store.reread();
    this.proofs = undefined;
  }

  private async change(part: Credentials): Promise<void> {
    this.reread();
    await this.store.save(this.server, { ...(await this.load()), ...part });
  }
}

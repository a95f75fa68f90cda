import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { CALLBACK } from './client.js';

/** The SDK client's side of OAuth, with nothing known at first. */
export class MemoryOAuthClient implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadata: OAuthClientMetadata = {
    redirect_uris: [CALLBACK],
    client_name: 'SDK client',
    token_endpoint_auth_method: 'none',
  };
  /** Where the person was sent. */
  authorizationUrl: URL | undefined;
  kept: { client?: OAuthClientInformationMixed; tokens?: OAuthTokens; verifier?: string } = {};

  state(): string {
    return 'state-of-the-client';
  }
  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.kept.client;
  }
  saveClientInformation(client: OAuthClientInformationMixed): void {
    this.kept.client = client;
  }
  tokens(): OAuthTokens | undefined {
    return this.kept.tokens;
  }
  saveTokens(tokens: OAuthTokens): void {
    this.kept.tokens = tokens;
  }
  invalidateCredentials(scope: string): void {
    if (scope === 'tokens' || scope === 'all') delete this.kept.tokens;
    if (scope === 'all') delete this.kept.client;
  }
  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }
  saveCodeVerifier(verifier: string): void {
    this.kept.verifier = verifier;
  }
  codeVerifier(): string {
    return this.kept.verifier ?? '';
  }
}

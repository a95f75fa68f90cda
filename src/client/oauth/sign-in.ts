import { auth, parseErrorResponse } from '@modelcontextprotocol/client';
import type { FetchLike, OAuthClientProvider } from '@modelcontextprotocol/client';
import { ClientError } from '../errors.js';
import { quote } from '../../text/harmless.js';
import { redactUrl } from '../../text/secrets.js';
import { Guard } from './guard.js';
import type { GuardOptions } from './guard.js';
import type { PersonProvider } from './provider.js';
import type { RedirectReceiver } from './receiver.js';

/** Why a server refused a request, from its `WWW-Authenticate` (RFC 6750, 3). */
export interface Challenge {
  readonly resourceMetadataUrl?: URL;
  readonly scope?: string;
  /** Whether the token is good and only its scopes are too few. */
  readonly wantsMore: boolean;
}

/** Gets tokens when a server asks for them. */
export interface SignIn {
  readonly provider: OAuthClientProvider;
  /** Has the provider look again where it keeps its tokens, if other processes write there. */
  reread?(): void;
  /** Leaves a token in the provider. Rejects with a {@link ClientError}. */
  run(server: URL, challenge: Challenge): Promise<void>;
}

/** Signs in as the client itself: the provider knows how. */
export function machineSignIn(provider: OAuthClientProvider, options?: GuardOptions): SignIn {
  return {
    provider,
    run: (server, { resourceMetadataUrl, scope }) => {
      const guard = new Guard(server, options);
      return orFail(guard, async () => {
        await auth(provider, { serverUrl: server, resourceMetadataUrl, scope, fetchFn: onlyOnce(guard.fetch) });
      });
    },
  };
}

/** The refusal of a token is final: the SDK would show the same credentials once more, after throwing away what is none of its own. */
function onlyOnce(fetchFn: FetchLike): FetchLike {
  return async (url, init) => {
    const response = await fetchFn(url, init);
    if (init?.method !== 'POST' || response.ok) return response;
    const { code, message } = await parseErrorResponse(response);
    throw new ClientError(
      'authentication',
      `Signing in failed: the authorization server refused (${quote(code)}): ${quote(message)}`,
    );
  };
}

/** Signs in a person with `openReceiver`; without it only with what an earlier sign-in left. */
export function personSignIn(
  provider: PersonProvider,
  openReceiver?: (registered: string | undefined) => Promise<RedirectReceiver>,
  options?: GuardOptions,
): SignIn {
  const signIn = async (server: URL, challenge: Challenge, guard: Guard): Promise<void> => {
    // Looked for again: the resource may have moved to another authorization server (SEP-2352).
    await provider.invalidateCredentials('discovery');
    const { tokens, redirectUrl, scope } = await provider.load();
    // What was granted stays granted (SEP-2350).
    const wanted = challenge.wantsMore ? union(scope, challenge.scope) : challenge.scope;
    const params = {
      serverUrl: server,
      resourceMetadataUrl: challenge.resourceMetadataUrl,
      scope: wanted,
      // A refresh brings no more scopes than were granted.
      forceReauthorization: challenge.wantsMore,
      fetchFn: guard.fetch,
    };
    if (openReceiver === undefined && (tokens?.refresh_token === undefined || challenge.wantsMore))
      throw notSignedIn(server, challenge);
    const receiver = await openReceiver?.(redirectUrl);
    try {
      provider.redirectUrl = receiver?.redirectUrl ?? redirectUrl;
      if ((await auth(provider, params)) === 'AUTHORIZED') return;
      if (receiver === undefined || provider.authorizationUrl === undefined) throw notSignedIn(server, challenge);
      guard.check();
      await guard.require(provider.authorizationUrl);
      const redirected = await receiver.authorize(provider.authorizationUrl, guard);
      if (!provider.belongs(redirected))
        throw new Error('the redirect does not belong to this sign-in (its state differs)');
      // The SDK compares the issuer (RFC 9207, 2.4).
      await auth(provider, { ...params, authorizationCode: redirected.code, iss: redirected.iss });
    } finally {
      await receiver?.close();
    }
  };
  return {
    provider,
    reread: () => provider.reread(),
    run: (server, challenge) => {
      const guard = new Guard(server, options);
      return orFail(guard, () => signIn(server, challenge, guard));
    },
  };
}

function notSignedIn(server: URL, { wantsMore, scope }: Challenge): ClientError {
  const address = redactUrl(server.href);
  const message = wantsMore
    ? `The token lacks a scope that ${address} wants${scope === undefined ? '' : `: ${quote(scope)}`}`
    : `${address} wants you to sign in (401)`;
  return new ClientError('authentication', message, {
    hint: `Sign in with: mcp-calc client login --url ${address}. Or give a token with --token.`,
  });
}

async function orFail(guard: Guard, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    guard.check();
    if (error instanceof ClientError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new ClientError('authentication', `Signing in failed: ${quote(words) || 'no reason given'}`, {
      cause: error,
      hint: 'A token from elsewhere can be given with --token.',
    });
  }
}

function union(...scopes: (string | undefined)[]): string | undefined {
  const all = [...new Set(scopes.flatMap((scope) => scope?.split(' ').filter(Boolean) ?? []))];
  return all.length === 0 ? undefined : all.join(' ');
}

import { extractWWWAuthenticateParams, withDpopFromProvider } from '@modelcontextprotocol/client';
import type { Authorize } from '../transports.js';
import type { Challenge, SignIn } from './sign-in.js';

/** How often one request may lead to authorization before its refusal is final. */
const AUTHORIZATIONS_PER_REQUEST = 2;

/**
 * Adds the token to every request, and signs in where the server asks for it: 401, or 403 for want of a scope
 * (authorization, "Scope Challenge Handling"). Standing around fetch, it serves every transport and every method;
 * the request that was refused is sent again. The same challenge is never answered twice for one request.
 */
export function authorizing(server: URL, signIn: SignIn): Authorize {
  let signingIn: Promise<void> = Promise.resolve();
  const accessToken = async (): Promise<string | undefined> => (await signIn.provider.tokens())?.access_token;

  /** One at a time: a request that was refused with an old token takes the new one that another has got meanwhile, also in another process. */
  const renew = (refused: string | undefined, challenge: Challenge): Promise<void> => {
    signingIn = signingIn
      .catch(() => undefined)
      .then(async () => {
        signIn.reread?.();
        if ((await accessToken()) === refused) await signIn.run(server, challenge);
      });
    return signingIn;
  };

  const proving = withDpopFromProvider(signIn.provider);

  return (plainFetch) => {
    const fetchFn = proving(plainFetch);
    return async (url, init) => {
      const answered = new Set<string>();
      for (;;) {
        const token = await accessToken();
        const headers = new Headers(init?.headers as Record<string, string> | undefined);
        if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
        const response = await fetchFn(url, { ...init, headers });
        const challenge = challengeOf(response);
        const key = JSON.stringify([response.status, challenge?.scope]);
        if (challenge === undefined || answered.has(key) || answered.size >= AUTHORIZATIONS_PER_REQUEST)
          return response;
        answered.add(key);
        await response.body?.cancel();
        await renew(token, challenge);
      }
    };
  };
}

function challengeOf(response: Response): Challenge | undefined {
  if (response.status !== 401 && response.status !== 403) return undefined;
  const { resourceMetadataUrl, scope, error } = extractWWWAuthenticateParams(response);
  const wantsMore = response.status === 403;
  if (wantsMore && error !== 'insufficient_scope') return undefined;
  return { wantsMore, resourceMetadataUrl, scope };
}

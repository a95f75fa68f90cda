import { readRedirect } from './receiver.js';
import type { RedirectReceiver } from './receiver.js';

/** Nobody listens there: the redirect to it is read, not followed. */
const REDIRECT_URL = 'http://127.0.0.1/callback';

/** Redirects that a sign-in without a browser follows. */
const SIGN_IN_REDIRECTS = 10;

/** Signs in without a browser, at an authorization server that approves without asking. */
export function headlessReceiver(): RedirectReceiver {
  return {
    redirectUrl: REDIRECT_URL,
    async authorize(authorizationUrl, guard) {
      let url = authorizationUrl;
      for (let followed = 0; followed < SIGN_IN_REDIRECTS; followed++) {
        const response = await guard.fetch(url, { redirect: 'manual' });
        await response.body?.cancel();
        const location = response.headers.get('location');
        if (location === null)
          throw new Error(`the authorization server wants a person (HTTP ${response.status} without a redirect)`);
        url = new URL(location, url);
        if (url.href.startsWith(`${REDIRECT_URL}?`)) return readRedirect(url.searchParams);
      }
      throw new Error(`the authorization server redirects more than ${SIGN_IN_REDIRECTS} times`);
    },
    close: () => Promise.resolve(),
  };
}

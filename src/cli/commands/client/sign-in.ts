import { homedir } from 'node:os';
import { join } from 'node:path';
import { SIGN_IN_TIMEOUT_MS } from '../../../client/oauth/receiver.js';
import type { SignIn } from '../../../client/oauth/sign-in.js';
import type { Target } from '../../../client/target.js';
import type { Authorize } from '../../../client/transports.js';
import { CliError } from '../../errors.js';
import { openBrowser } from '../../open-browser.js';
import { canAsk } from './ask.js';
import type { Say } from './ask.js';
import { machineFrom } from './machine.js';
import type { ClientFlags } from './verb.js';

/** How long a request may take that a sign-in interrupts, ms: a little longer than the sign-in may. */
export const REQUEST_TIMEOUT_WITH_SIGN_IN_MS = SIGN_IN_TIMEOUT_MS + 10_000;

/** The file that keeps what servers have granted, under the user's configuration folder. */
export function credentialsFile(env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  const folder = (process.platform === 'win32' ? env.APPDATA : env.XDG_CONFIG_HOME) || join(home, '.config');
  return join(folder, 'mcp-calc', 'credentials.json');
}

export interface SignInContext {
  readonly say: Say;
  readonly signal: AbortSignal;
  /** Sign in now, even where no terminal is: the address is printed. */
  readonly always?: boolean;
  /** Open the browser, even where no terminal is: a person sits in front of the host that has started this process. */
  readonly opensBrowser?: boolean;
}

/** How requests to this target are authorized; undefined where it takes no tokens, or was given one. */
export async function authorizeFrom(
  flags: ClientFlags,
  target: Target,
  context: SignInContext,
): Promise<Authorize | undefined> {
  if (target.kind !== 'http' || 'authorization' in target.headers) return undefined;
  const { authorizing } = await import('../../../client/oauth/authorize.js');
  const signIn = (await machineFrom(flags, context.signal)) ?? (await person(flags, target.url, context));
  return authorizing(target.url, signIn);
}

/** The token that an earlier sign-in left, as a header; for a request that is shown and not sent. */
export async function storedHeaders({ headless }: ClientFlags, target: Target): Promise<Record<string, string>> {
  if (target.kind !== 'http' || headless) return {};
  const { fileCredentials } = await import('../../../client/oauth/credentials.js');
  const { tokens } = await fileCredentials(credentialsFile()).load(target.url.href);
  return tokens === undefined ? {} : { authorization: `Bearer ${tokens.access_token}` };
}

async function person(
  flags: ClientFlags,
  server: URL,
  { say, signal, always = false, opensBrowser = false }: SignInContext,
): Promise<SignIn> {
  const [{ PersonProvider }, { personSignIn }, { fileCredentials, memoryCredentials }] = await Promise.all([
    import('../../../client/oauth/provider.js'),
    import('../../../client/oauth/sign-in.js'),
    import('../../../client/oauth/credentials.js'),
  ]);
  const { clientId, clientSecret = process.env.MCP_CLIENT_SECRET, issuer, clientMetadataUrl, scope } = flags;
  const identity = { id: clientId, secret: clientSecret, issuer, metadataUrl: clientMetadataUrl, scope };
  // A sign-in without a person leaves nothing behind.
  const store = flags.headless ? memoryCredentials() : fileCredentials(credentialsFile());
  const provider = new PersonProvider(server.href, store, identity);
  if (flags.headless) {
    const { headlessReceiver } = await import('../../../client/oauth/headless.js');
    return personSignIn(provider, () => Promise.resolve(headlessReceiver()), { issuer });
  }
  const byBrowser = flags.browser && (opensBrowser || canAsk());
  if (!byBrowser && flags.browser && !always) return personSignIn(provider, undefined, { issuer });
  return personSignIn(
    provider,
    async (registered) => {
      const { loopbackReceiver } = await import('../../../client/oauth/loopback.js');
      const port = flags.redirectPort ?? (registered === undefined ? '0' : new URL(registered).port);
      if (!/^\d{1,5}$/.test(port)) throw new CliError(`--redirect-port: "${port}" is not a valid port`);
      const show = (url: URL): void => {
        say(`Sign in at: ${url.href}`);
        if (byBrowser) openBrowser(url);
      };
      return loopbackReceiver({ port: Number(port), demanded: flags.redirectPort !== undefined, show, signal });
    },
    { issuer },
  );
}

import type { Guard } from './guard.js';

/** How long a person may take to sign in, ms. */
export const SIGN_IN_TIMEOUT_MS = 300_000;

/** What the authorization server hands back through the browser (RFC 6749, 4.1.2; `iss`: RFC 9207). */
export interface Redirected {
  readonly code: string;
  readonly state?: string;
  readonly iss?: string;
}

/** Gets what the authorization server hands back. */
export interface RedirectReceiver {
  readonly redirectUrl: string;
  /** Sends the person, or nobody, to the authorization server, past the guard wherever that leads; resolves to what came back. */
  authorize(authorizationUrl: URL, guard: Guard): Promise<Redirected>;
  close(): Promise<void>;
}

/** Reads the parameters of a redirect. Throws the words of the authorization server where it refused. */
export function readRedirect(params: URLSearchParams): Redirected {
  const error = params.get('error');
  if (error !== null) throw new Error(`the authorization server refused: ${params.get('error_description') ?? error}`);
  const code = params.get('code');
  if (code === null) throw new Error('the authorization server sent no code');
  return { code, state: params.get('state') ?? undefined, iss: params.get('iss') ?? undefined };
}

import { ISSUER_NAMES } from '../net/loopback.js';
import type { Reading } from './read.js';
import { flagName } from './setting.js';
import { settings } from './settings/index.js';
import type { Values } from './settings/index.js';

export type AuthConfig =
  | { readonly mode: 'none' }
  | { readonly mode: 'demo'; readonly requiredScopes: readonly string[] }
  | JwtConfig
  | IntrospectionConfig;

interface JwtConfig {
  readonly mode: 'jwt';
  readonly keys: { readonly jwksUrl: string } | { readonly secret: string };
  readonly issuer: string;
  /** A token must name one of them; empty stands for the address of this server. */
  readonly audiences: readonly string[];
  readonly clockSkewMs: number;
  readonly requiredScopes: readonly string[];
  /** The authorization server that clients are sent to. */
  readonly authServer: string;
}

interface IntrospectionConfig {
  readonly mode: 'introspection';
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly cacheMs: number;
  readonly requiredScopes: readonly string[];
  /** The authorization server that clients are sent to. */
  readonly authServer: string;
}

const NEEDED_MODE = {
  jwtJwksUrl: 'jwt',
  jwtSecret: 'jwt',
  jwtIssuer: 'jwt',
  jwtAudience: 'jwt',
  jwtClockSkew: 'jwt',
  introspectionUrl: 'introspection',
  introspectionCache: 'introspection',
} as const;

/** The authorization settings of `sse` and `http` as one value; what is missing or idle is added to `problems`. */
export function authConfig({ values, from }: Reading, problems: string[]): AuthConfig {
  for (const [name, mode] of Object.entries(NEEDED_MODE) as [keyof typeof NEEDED_MODE, Values['auth']][]) {
    // A variable may be meant for another program; a flag that does nothing is a server that is open by mistake.
    if (from[name] !== 'flag' || values.auth === mode) continue;
    problems.push(
      `${flagName(settings[name])} does nothing without --auth ${mode} (variable AUTH_MODE): add it, or drop the flag`,
    );
  }
  const requiredScopes = values.requiredScopes ?? [];
  switch (values.auth) {
    case 'none':
      if (from.requiredScopes === 'flag')
        problems.push('--required-scopes does nothing without --auth (variable AUTH_MODE): add it, or drop the flag');
      return { mode: 'none' };
    case 'demo':
      if (values.baseUri === undefined && !ISSUER_NAMES.includes(values.host)) {
        problems.push(
          `--auth demo (AUTH_MODE) bound to ${values.host} needs --base-uri (BASE_URI): the public https address that its tokens are for`,
        );
      }
      return { mode: 'demo', requiredScopes };
    case 'jwt':
      return jwtConfig(values, requiredScopes, problems);
    case 'introspection':
      return introspectionConfig(values, requiredScopes, problems);
  }
}

function jwtConfig(values: Values, requiredScopes: readonly string[], problems: string[]): JwtConfig {
  const { jwtJwksUrl: jwksUrl, jwtSecret: secret = '', jwtIssuer: issuer = '' } = values;
  if (jwksUrl === undefined && secret === '') {
    problems.push('--auth jwt needs a key: give --jwt-jwks-url (JWT_JWKS_URL), or the shared secret as JWT_SECRET');
  }
  if (jwksUrl !== undefined && secret !== '') {
    problems.push(
      '--jwt-jwks-url (JWT_JWKS_URL) and --jwt-secret (JWT_SECRET) exclude each other: give the one that signs the tokens',
    );
  }
  if (issuer === '') problems.push('--auth jwt needs --jwt-issuer (JWT_ISSUER): the issuer that the tokens name');
  const isAddress = /^https?:/.test(issuer) && URL.canParse(issuer);
  if (issuer !== '' && !isAddress && values.authServer === undefined) {
    problems.push(
      '--auth jwt needs --auth-server (AUTH_SERVER), because the issuer is not an address that clients could be sent to',
    );
  }
  return {
    mode: 'jwt',
    keys: jwksUrl === undefined ? { secret } : { jwksUrl },
    issuer,
    audiences: values.jwtAudience ?? [],
    clockSkewMs: values.jwtClockSkew,
    requiredScopes,
    authServer: values.authServer ?? issuer,
  };
}

function introspectionConfig(
  values: Values,
  requiredScopes: readonly string[],
  problems: string[],
): IntrospectionConfig {
  const {
    introspectionUrl: url,
    introspectionClientId: clientId = '',
    introspectionClientSecret: clientSecret = '',
  } = values;
  if (url === undefined) problems.push('--auth introspection needs --introspection-url (INTROSPECTION_URL)');
  if (clientId === '') problems.push('--auth introspection needs --introspection-client-id (INTROSPECTION_CLIENT_ID)');
  if (clientSecret === '')
    problems.push(
      '--auth introspection needs a secret: give it as INTROSPECTION_CLIENT_SECRET (or --introspection-client-secret)',
    );
  return {
    mode: 'introspection',
    url: url ?? '',
    clientId,
    clientSecret,
    cacheMs: values.introspectionCache,
    requiredScopes,
    authServer: values.authServer ?? (url === undefined ? '' : new URL(url).origin),
  };
}

import { choice, list, secretText, text, webUrl } from '../kinds.js';
import { duration } from '../quantities.js';
import { defineSettings } from '../setting.js';

/** RFC 7518, 3.2: a key for HS256 has at least 256 bits. */
const HMAC_SECRET_LENGTH = 32;
/** RFC 6749, 3.3, less the comma, which parts the list. */
const scope = text(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,128}$/, 'a scope');

/** Who may use the server. */
export const authSettings = defineSettings(
  { group: 'Authorization', commands: ['sse', 'http'], byRule: true },
  {
    auth: {
      flag: '--auth <mode>',
      env: 'AUTH_MODE',
      kind: choice('none', 'demo', 'jwt', 'introspection'),
      default: 'none',
      description: 'which tokens to ask for: none, those of the built-in demo server, JWTs, or any by introspection',
    },
    requiredScopes: {
      flag: '--required-scopes <scopes>',
      env: 'REQUIRED_SCOPES',
      kind: list(scope, 'scopes between commas'),
      shown: 'none',
      description: 'scopes that every token must have',
    },
    authServer: {
      flag: '--auth-server <url>',
      env: 'AUTH_SERVER',
      kind: webUrl(),
      shown: 'the JWT issuer, or the origin of the introspection URL',
      description: 'authorization server that clients are sent to',
    },
    jwtJwksUrl: {
      flag: '--jwt-jwks-url <url>',
      env: 'JWT_JWKS_URL',
      kind: webUrl(),
      description: 'where the public keys of the tokens are',
    },
    jwtSecret: {
      flag: '--jwt-secret <secret>',
      env: 'JWT_SECRET',
      kind: secretText(HMAC_SECRET_LENGTH),
      secret: true,
      description: 'shared key of the tokens; better given as the variable, which no list of processes shows',
    },
    jwtIssuer: {
      flag: '--jwt-issuer <issuer>',
      env: 'JWT_ISSUER',
      kind: text(/^[\x21-\x7e]{1,512}$/, 'an issuer without spaces'),
      description: 'issuer that a token must name',
    },
    jwtAudience: {
      flag: '--jwt-audience <audiences>',
      env: 'JWT_AUDIENCE',
      kind: list(text(/^[\x21-\x7e]{1,512}$/, 'an audience'), 'audiences between commas, without spaces'),
      shown: 'the address of this server',
      description: 'audiences of which a token must name one (RFC 8707)',
    },
    jwtClockSkew: {
      flag: '--jwt-clock-skew <time>',
      env: 'JWT_CLOCK_SKEW',
      kind: duration('s', 0, 300_000),
      default: 5_000,
      description: 'how far the clocks may differ',
    },
    introspectionUrl: {
      flag: '--introspection-url <url>',
      env: 'INTROSPECTION_URL',
      kind: webUrl(),
      description: 'where to ask about a token (RFC 7662)',
    },
    introspectionClientId: {
      flag: '--introspection-client-id <id>',
      env: 'INTROSPECTION_CLIENT_ID',
      kind: text(/^[\x20-\x7e]{1,256}$/, 'a client id'),
      description: 'this server’s name at the introspection URL',
      commands: ['sse', 'http', 'auth-server'],
    },
    introspectionClientSecret: {
      flag: '--introspection-client-secret <secret>',
      env: 'INTROSPECTION_CLIENT_SECRET',
      kind: secretText(1),
      secret: true,
      description: 'and its secret; better given as the variable',
      commands: ['sse', 'http', 'auth-server'],
    },
    introspectionCache: {
      flag: '--introspection-cache <time>',
      env: 'INTROSPECTION_CACHE',
      kind: duration('s', 0, 300_000),
      default: 30_000,
      description: 'how long an answer about a token is believed',
    },
  },
);

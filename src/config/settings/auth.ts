import { choice, list, secretText, text, webUrl } from '../kinds.js';
import { duration } from '../quantities.js';
import { defineSetting } from '../setting.js';

/** RFC 7518, 3.2: a key for HS256 has at least 256 bits. */
const HMAC_SECRET_LENGTH = 32;
/** RFC 6749, 3.3, less the comma, which parts the list. */
const scope = text(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,128}$/, 'a scope');

/** Who may use the server. */
export const authSettings = {
  auth: defineSetting({
    flag: '--auth <mode>',
    env: 'AUTH_MODE',
    kind: choice('none', 'demo', 'jwt', 'introspection'),
    default: 'none',
    group: 'Authorization',
    description: 'which tokens to ask for: none, those of the built-in demo server, JWTs, or any by introspection',
    commands: ['sse', 'http'],
  }),
  requiredScopes: defineSetting({
    flag: '--required-scopes <scopes>',
    env: 'REQUIRED_SCOPES',
    kind: list(scope, 'scopes between commas'),
    shown: 'none',
    group: 'Authorization',
    description: 'scopes that every token must have',
    commands: ['sse', 'http'],
  }),
  authServer: defineSetting({
    flag: '--auth-server <url>',
    env: 'AUTH_SERVER',
    kind: webUrl(),
    shown: 'the JWT issuer, or the origin of the introspection URL',
    group: 'Authorization',
    description: 'authorization server that clients are sent to',
    commands: ['sse', 'http'],
  }),
  jwtJwksUrl: defineSetting({
    flag: '--jwt-jwks-url <url>',
    env: 'JWT_JWKS_URL',
    kind: webUrl(),
    group: 'Authorization',
    description: 'where the public keys of the tokens are',
    commands: ['sse', 'http'],
  }),
  jwtSecret: defineSetting({
    flag: '--jwt-secret <secret>',
    env: 'JWT_SECRET',
    kind: secretText(HMAC_SECRET_LENGTH),
    secret: true,
    group: 'Authorization',
    description: 'shared key of the tokens; better given as the variable, which no list of processes shows',
    commands: ['sse', 'http'],
  }),
  jwtIssuer: defineSetting({
    flag: '--jwt-issuer <issuer>',
    env: 'JWT_ISSUER',
    kind: text(/^[\x21-\x7e]{1,512}$/, 'an issuer without spaces'),
    group: 'Authorization',
    description: 'issuer that a token must name',
    commands: ['sse', 'http'],
  }),
  jwtAudience: defineSetting({
    flag: '--jwt-audience <audiences>',
    env: 'JWT_AUDIENCE',
    kind: list(text(/^[\x21-\x7e]{1,512}$/, 'an audience'), 'audiences between commas, without spaces'),
    shown: 'the address of this server',
    group: 'Authorization',
    description: 'audiences of which a token must name one (RFC 8707)',
    commands: ['sse', 'http'],
  }),
  jwtClockSkew: defineSetting({
    flag: '--jwt-clock-skew <time>',
    env: 'JWT_CLOCK_SKEW',
    kind: duration('s', 0, 300_000),
    default: 5_000,
    shown: '5s',
    group: 'Authorization',
    description: 'how far the clocks may differ',
    commands: ['sse', 'http'],
  }),
  introspectionUrl: defineSetting({
    flag: '--introspection-url <url>',
    env: 'INTROSPECTION_URL',
    kind: webUrl(),
    group: 'Authorization',
    description: 'where to ask about a token (RFC 7662)',
    commands: ['sse', 'http'],
  }),
  introspectionClientId: defineSetting({
    flag: '--introspection-client-id <id>',
    env: 'INTROSPECTION_CLIENT_ID',
    kind: text(/^[\x20-\x7e]{1,256}$/, 'a client id'),
    group: 'Authorization',
    description: 'this server’s name at the introspection URL',
    commands: ['sse', 'http', 'auth-server'],
  }),
  introspectionClientSecret: defineSetting({
    flag: '--introspection-client-secret <secret>',
    env: 'INTROSPECTION_CLIENT_SECRET',
    kind: secretText(1),
    secret: true,
    group: 'Authorization',
    description: 'and its secret; better given as the variable',
    commands: ['sse', 'http', 'auth-server'],
  }),
  introspectionCache: defineSetting({
    flag: '--introspection-cache <time>',
    env: 'INTROSPECTION_CACHE',
    kind: duration('s', 0, 300_000),
    default: 30_000,
    shown: '30s',
    group: 'Authorization',
    description: 'how long an answer about a token is believed',
    commands: ['sse', 'http'],
  }),
};

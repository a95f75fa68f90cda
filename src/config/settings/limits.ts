import { choice, integer } from '../kinds.js';
import { bytes, duration } from '../quantities.js';
import { defineSetting } from '../setting.js';

/** Sessions live at most a week without use: longer timers than 24.8 days overflow in Node. */
const WEEK_MS = 7 * 86_400_000;

/** How much the server takes on. */
export const limitSettings = {
  sessionTtl: defineSetting({
    flag: '--session-ttl <time>',
    env: 'SESSION_TTL',
    kind: duration('s', 100, WEEK_MS),
    default: 1_800_000,
    shown: '30m',
    group: 'Sessions',
    description: 'end a session that was not used for this long',
    commands: ['sse', 'http'],
  }),
  maxSessions: defineSetting({
    flag: '--max-sessions <number>',
    env: 'MAX_SESSIONS',
    kind: integer(1, 10_000_000),
    default: 100_000,
    group: 'Sessions',
    description: 'sessions open at once',
    commands: ['sse', 'http'],
  }),
  maxConnections: defineSetting({
    flag: '--max-connections <number>',
    env: 'MAX_CONNECTIONS',
    kind: integer(1, 1_000_000),
    default: 10_000,
    group: 'Limits',
    description: 'connections open at once',
    commands: ['sse', 'http', 'auth-server'],
  }),
  bodyLimit: defineSetting({
    flag: '--body-limit <size>',
    env: 'BODY_LIMIT',
    kind: bytes(256, 104_857_600),
    default: 1_048_576,
    shown: '1mb',
    group: 'Limits',
    description: 'largest request body',
    commands: ['sse', 'http'],
  }),
  headersTimeout: defineSetting({
    flag: '--headers-timeout <time>',
    env: 'HEADERS_TIMEOUT',
    kind: duration('s', 100, 600_000),
    default: 80_000,
    shown: '80s',
    group: 'Limits',
    description: 'time to send the headers of a request',
    commands: ['sse', 'http', 'auth-server'],
  }),
  requestTimeout: defineSetting({
    flag: '--request-timeout <time>',
    env: 'REQUEST_TIMEOUT',
    kind: duration('s', 100, 600_000),
    default: 90_000,
    shown: '90s',
    group: 'Limits',
    description: 'time to send a whole request',
    commands: ['sse', 'http', 'auth-server'],
  }),
  rateLimit: defineSetting({
    flag: '--rate-limit <when>',
    env: 'RATE_LIMIT',
    kind: choice('auto', 'on', 'off'),
    default: 'auto',
    group: 'Limits',
    description: 'limit requests; auto does when the bind is not loopback, or a maximum is given',
    commands: ['sse', 'http', 'auth-server'],
  }),
  rateLimitMax: defineSetting({
    flag: '--rate-limit-max <number>',
    env: 'RATE_LIMIT_MAX',
    kind: integer(1, 1_000_000),
    default: 300,
    group: 'Limits',
    description: 'requests of one client in a window',
    commands: ['sse', 'http', 'auth-server'],
  }),
  rateLimitWindow: defineSetting({
    flag: '--rate-limit-window <time>',
    env: 'RATE_LIMIT_WINDOW',
    kind: duration('s', 100, 86_400_000),
    default: 60_000,
    shown: '1m',
    group: 'Limits',
    description: 'length of the window',
    commands: ['sse', 'http', 'auth-server'],
  }),
};

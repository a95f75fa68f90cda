import { choice, integer } from '../kinds.js';
import { bytes, duration } from '../quantities.js';
import { defineSettings } from '../setting.js';

const DAY_MS = 86_400_000;
/** Sessions live at most a week without use: longer timers than 24.8 days overflow in Node. */
const WEEK_MS = 7 * DAY_MS;

/** How long sessions live, and how many. */
export const sessionSettings = defineSettings(
  { group: 'Sessions', commands: ['sse', 'http'] },
  {
    sessionTtl: {
      flag: '--session-ttl <time>',
      env: 'SESSION_TTL',
      kind: duration('s', 100, WEEK_MS),
      default: 1_800_000,
      description: 'end a session that was not used for this long',
    },
    maxSessions: {
      flag: '--max-sessions <number>',
      env: 'MAX_SESSIONS',
      kind: integer(1, 10_000_000),
      default: 100_000,
      description: 'sessions open at once',
    },
  },
);

/** How much the server takes on. */
export const limitSettings = defineSettings(
  { group: 'Limits', commands: ['sse', 'http', 'auth-server'] },
  {
    maxConnections: {
      flag: '--max-connections <number>',
      env: 'MAX_CONNECTIONS',
      kind: integer(1, 1_000_000),
      default: 10_000,
      description: 'connections open at once, of each process',
    },
    bodyLimit: {
      flag: '--body-limit <size>',
      env: 'BODY_LIMIT',
      kind: bytes(256, 104_857_600),
      default: 1_048_576,
      description: 'largest request body',
      commands: ['sse', 'http'],
    },
    callTimeout: {
      flag: '--call-timeout <time>',
      env: 'CALL_TIMEOUT',
      kind: duration('s', 0, DAY_MS),
      default: 300_000,
      description: 'time that a request may be worked on, without waiting for its client; 0 for no limit',
      commands: ['stdio', 'sse', 'http'],
    },
    // A little longer than the HTTP host keeps connections, whose idle time it must never cut short.
    headersTimeout: {
      flag: '--headers-timeout <time>',
      env: 'HEADERS_TIMEOUT',
      kind: duration('s', 100, 600_000),
      default: 80_000,
      description: 'time to send the headers of a request',
    },
    requestTimeout: {
      flag: '--request-timeout <time>',
      env: 'REQUEST_TIMEOUT',
      kind: duration('s', 100, 600_000),
      default: 90_000,
      description: 'time to send a whole request',
    },
    sendTimeout: {
      flag: '--send-timeout <time>',
      env: 'SEND_TIMEOUT',
      kind: duration('s', 100, 600_000),
      default: 30_000,
      description: 'time for a client to take some of what is sent to it; then its connection is closed',
    },
    rateLimit: {
      flag: '--rate-limit <when>',
      env: 'RATE_LIMIT',
      kind: choice('auto', 'on', 'off'),
      default: 'auto',
      description: 'limit requests; auto does when the bind is not loopback, or a maximum is given',
      byRule: true,
    },
    rateLimitMax: {
      flag: '--rate-limit-max <number>',
      env: 'RATE_LIMIT_MAX',
      kind: integer(1, 1_000_000),
      default: 300,
      description: 'requests of one client in a window',
      byRule: true,
    },
    rateLimitWindow: {
      flag: '--rate-limit-window <time>',
      env: 'RATE_LIMIT_WINDOW',
      kind: duration('s', 100, DAY_MS),
      default: 60_000,
      description: 'length of the window',
      byRule: true,
    },
  },
);

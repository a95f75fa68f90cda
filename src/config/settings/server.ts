import { DEFAULT_HOST, DEFAULT_PORTS } from '../../net/addresses.js';
import { bindAddress } from '../addresses.js';
import { baseUrl, integer, onOff, secretText } from '../kinds.js';
import { duration } from '../quantities.js';
import { defineSettings } from '../setting.js';

const { stateful, stateless, sse, authServer } = DEFAULT_PORTS;

/** Characters that a token of the console has at least. */
const CONSOLE_TOKEN_LENGTH = 16;

/** Where and how the server runs. */
export const serverSettings = defineSettings(
  { group: 'Server', commands: ['http'] },
  {
    stateful: {
      flag: '--stateful',
      env: 'STATEFUL',
      kind: onOff(),
      shown: 'true',
      description: 'keep sessions',
      byRule: true,
    },
    stateless: {
      flag: '--stateless',
      env: 'STATELESS',
      kind: onOff(),
      shown: 'false',
      description: 'keep nothing: every request stands alone',
      byRule: true,
    },
    port: {
      flag: '--port <number>',
      env: 'PORT',
      kind: integer(0, 65_535),
      shown: `${stateful} stateful, ${stateless} stateless, ${sse} sse, ${authServer} auth-server`,
      description: 'port to listen on; 0 takes a free one',
      commands: ['sse', 'http', 'auth-server'],
      byRule: true,
    },
    host: {
      flag: '--host <address>',
      env: 'HOST',
      kind: bindAddress(),
      default: DEFAULT_HOST,
      description: 'address to bind to; 0.0.0.0 for every network',
      commands: ['sse', 'http', 'auth-server'],
    },
    baseUri: {
      flag: '--base-uri <url>',
      env: 'BASE_URI',
      kind: baseUrl(),
      shown: 'http://<host>:<port>',
      description: 'address under which clients reach this server',
      commands: ['sse', 'http', 'auth-server'],
    },
    sse: {
      flag: '--sse',
      env: 'LEGACY_SSE',
      kind: onOff(),
      default: false,
      description: 'mount the legacy endpoints /sse and /messages as well',
    },
    strict: {
      flag: '--strict',
      env: 'STRICT',
      kind: onOff(),
      default: false,
      description: 'forgive nothing that the specification forbids',
    },
    sseAfter: {
      flag: '--sse-after <time>',
      env: 'SSE_AFTER',
      kind: duration('ms', 0, 60_000),
      default: 250,
      description: 'answer a longer call with a stream of events',
    },
    keepAlive: {
      flag: '--keep-alive <time>',
      env: 'KEEP_ALIVE',
      kind: duration('s', 100, 300_000),
      default: 15_000,
      description: 'time between keep-alive comments on a stream',
      commands: ['sse', 'http'],
    },
    workers: {
      flag: '--workers <number>',
      env: 'WORKERS',
      kind: integer(1, 256),
      default: 1,
      description: 'processes on the one port; for --stateless or --redis',
    },
    drainDelay: {
      flag: '--drain-delay <time>',
      env: 'DRAIN_DELAY',
      kind: duration('s', 0, 300_000),
      default: 0,
      description: 'on SIGTERM or SIGHUP, time to answer 503 on /readyz before closing',
      commands: ['sse', 'http'],
    },
    drainTimeout: {
      flag: '--drain-timeout <time>',
      env: 'DRAIN_TIMEOUT',
      kind: duration('s', 0, 600_000),
      default: 10_000,
      description: 'on SIGTERM or SIGHUP, time that calls in flight have to finish',
      commands: ['sse', 'http'],
    },
    metricsPort: {
      flag: '--metrics-port <number>',
      env: 'METRICS_PORT',
      kind: integer(0, 65_535),
      shown: 'the same port',
      description: 'serve /metrics on a port of its own, without a token on the loopback',
      commands: ['sse', 'http'],
    },
    metricsHost: {
      flag: '--metrics-host <address>',
      env: 'METRICS_HOST',
      kind: bindAddress(),
      default: DEFAULT_HOST,
      description: 'address of --metrics-port; another than a loopback one asks for the token of --auth',
      commands: ['sse', 'http'],
    },
    console: {
      flag: '--console',
      env: 'WEB_CONSOLE',
      kind: onOff(),
      negatable: true,
      shown: 'true when bound to loopback without --auth, else false',
      description: 'serve the console at /: a page to watch this server, and to try what it offers',
      commands: ['sse', 'http'],
      byRule: true,
    },
    consoleToken: {
      env: 'WEB_CONSOLE_TOKEN',
      kind: secretText(CONSOLE_TOKEN_LENGTH),
      secret: true,
      shown: 'random; shared by Redis',
      description: 'opens the console, in place of the token that is made at the start',
      commands: ['sse', 'http'],
      byRule: true,
    },
    open: {
      flag: '--open',
      env: 'WEB_CONSOLE_OPEN',
      kind: onOff(),
      default: false,
      description: 'open the console in a browser',
      commands: ['sse', 'http'],
      byRule: true,
    },
  },
);

import { authConfig } from './auth.js';
import type { AuthServerConfig, ConfigOf, HttpConfig, OfferConfig, ServerConfig, SseConfig, StdioConfig } from './config.js';
import { ConfigError } from './errors.js';
import { listenConfig } from './listen.js';
import { readSettings } from './read.js';
import type { Environment, Flags, Reading } from './read.js';
import type { ServeCommand } from './setting.js';

const PORTS = { stateful: 1453, stateless: 1071, sse: 1923, authServer: 3001 } as const;

/**
 * Resolves all the settings of one command: flags over variables over defaults.
 * Throws a {@link ConfigError} that names everything that is wrong, not only the first.
 */
export function resolveConfig<C extends ServeCommand>(command: C, flags: Flags, env: Environment): ConfigOf[C] {
  const reading = readSettings(command, flags, env);
  const problems = [...reading.problems];
  const config = build[command](reading, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return freeze(config);
}

const build: { [C in ServeCommand]: (reading: Reading, problems: string[]) => ConfigOf[C] } = {
  stdio: stdioConfig,
  sse: sseConfig,
  http: httpConfig,
  'auth-server': authServerConfig,
};

function offer({ values }: Reading): OfferConfig {
  return { server: values.server, sampleToolName: values.sampleToolName, historyLimit: values.historyLimit };
}

function stdioConfig(reading: Reading): StdioConfig {
  const { logLevel: level, logFormat: format } = reading.values;
  return { command: 'stdio', ...offer(reading), log: { level, format } };
}

function serverConfig(reading: Reading, defaultPort: number, problems: string[]): ServerConfig {
  const { values } = reading;
  const listen = listenConfig(reading, defaultPort, problems);
  if (values.metricsPort !== undefined && values.metricsPort !== 0 && values.metricsPort === listen.port) {
    problems.push('--metrics-port (METRICS_PORT) must differ from --port (PORT); without it, /metrics is on the main port');
  }
  return {
    ...offer(reading),
    ...listen,
    auth: authConfig(reading, problems),
    bodyLimit: values.bodyLimit,
    sessionTtlMs: values.sessionTtl,
    maxSessions: values.maxSessions,
    keepAliveMs: values.keepAlive,
    drainDelayMs: values.drainDelay,
    drainTimeoutMs: values.drainTimeout,
    metricsPort: values.metricsPort,
  };
}

function sseConfig(reading: Reading, problems: string[]): SseConfig {
  return { command: 'sse', ...serverConfig(reading, PORTS.sse, problems) };
}

function httpConfig(reading: Reading, problems: string[]): HttpConfig {
  const { values } = reading;
  if (values.stateful && values.stateless) {
    problems.push('--stateful (STATEFUL) and --stateless (STATELESS) exclude each other: give one');
  }
  const stateful = values.stateful ?? !values.stateless;
  const server = serverConfig(reading, stateful ? PORTS.stateful : PORTS.stateless, problems);
  if (values.minimal && stateful) problems.push('--minimal (MINIMAL) is only for --stateless: add it, or drop --minimal');
  if (values.workers > 1 && server.redis === undefined) problems.push(...inMemoryWorkers(stateful, values.sse, values.auth));
  return {
    command: 'http',
    ...server,
    warnings: [...server.warnings, ...separateCounts(values.workers, server)],
    stateful,
    minimal: values.minimal,
    sse: values.sse,
    strict: values.strict,
    sseAfterMs: values.sseAfter,
    workers: values.workers,
  };
}

/** What several processes can't do when each has only its own memory. */
function inMemoryWorkers(stateful: boolean, sse: boolean, auth: string): string[] {
  const reasons = [
    ...(stateful ? ['a session in memory is known to one process only: add --redis (USE_REDIS), or use --stateless'] : []),
    ...(!stateful && sse ? ['the sessions of --sse (LEGACY_SSE) are known to one process only: add --redis (USE_REDIS)'] : []),
    ...(auth === 'demo' ? ['the users of --auth demo (AUTH_MODE) are known to one process only: add --redis (USE_REDIS)'] : []),
  ];
  return reasons.map((reason) => `--workers (WORKERS) above 1 is refused: ${reason}`);
}

/** The counters of a rate limit are shared by way of Redis, or not at all. */
function separateCounts(workers: number, { redis, rateLimit }: ServerConfig): string[] {
  if (workers === 1 || redis !== undefined || rateLimit === undefined) return [];
  return [`Each of the ${workers} workers counts requests by itself: a client may send up to ${workers * rateLimit.max} in a window`];
}

const CLIENT_IN_PART =
  '--introspection-client-id (INTROSPECTION_CLIENT_ID) and --introspection-client-secret (INTROSPECTION_CLIENT_SECRET) belong together: give both or none';

function authServerConfig(reading: Reading, problems: string[]): AuthServerConfig {
  const { introspectionClientId: id, introspectionClientSecret: secret } = reading.values;
  if ((id === undefined) !== (secret === undefined)) problems.push(CLIENT_IN_PART);
  return {
    command: 'auth-server',
    ...listenConfig(reading, PORTS.authServer, problems),
    introspectionClient: id === undefined || secret === undefined ? undefined : { id, secret },
  };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

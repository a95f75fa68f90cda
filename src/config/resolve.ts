import { DEFAULT_PORTS } from '../net/addresses.js';
import { authConfig } from './auth.js';
import type { AuthConfig } from './auth.js';
import { consoleConfig } from './console.js';
import type { ConsoleConfig } from './console.js';
import { ConfigError } from './errors.js';
import { listenRules } from './listen.js';
import type { ListenRules } from './listen.js';
import { readSettings } from './read.js';
import type { Environment, Flags, Reading } from './read.js';
import type { ServeCommand } from './setting.js';
import { plainConfig } from './settings/index.js';
import type { PlainConfig, Values } from './settings/index.js';
import { telemetryConfig } from './telemetry.js';
import type { TelemetryConfig } from './telemetry.js';

/**
 * Resolves all the settings of one command: flags over variables over defaults. Times are milliseconds and sizes are bytes.
 * The config is frozen to its depth. Throws a {@link ConfigError} that names everything that is wrong, not only the first.
 */
export function resolveConfig<C extends ServeCommand>(command: C, flags: Flags, env: Environment): ConfigOf<C> {
  const reading = readSettings(command, flags, env);
  const problems = [...reading.problems];
  const { logLevel: level, logFormat: format } = reading.values;
  if (command !== 'auth-server') problems.push(...watchProblems(reading.values));
  const config = {
    command,
    ...plainConfig(command, reading.values),
    log: { level, format, colours: coloursOf(env) },
    telemetry: command === 'auth-server' ? undefined : telemetryConfig(reading, env),
    ...rules[command](reading, problems),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return freeze(config) as ConfigOf<C>;
}

/** What a module must be that is served anew when it changes. */
function watchProblems({ watch, server, workers, perSession }: Values): string[] {
  if (!watch) return [];
  const refused = '--watch (SERVER_WATCH) is refused';
  return [
    ...(server === undefined ? [`${refused}: it is for a module of your own: add --server (SERVER_MODULE)`] : []),
    ...(workers > 1 ? [`${refused} with several processes: leave out --workers (WORKERS)`] : []),
    ...(perSession
      ? [
          `${refused} with --per-session (PER_SESSION), whose servers keep what they have until their session ends: drop one`,
        ]
      : []),
  ];
}

/** What each command has beside its plain settings. Contradictions are added to `problems`. */
const rules = {
  stdio: () => ({}),
  sse: (reading: Reading, problems: string[]) => serverRules(reading, DEFAULT_PORTS.sse, problems),
  http: httpRules,
  'auth-server': authServerRules,
};

/** The config that a command resolves to: its settings as they are, and what the rules make of the others. */
export type ConfigOf<C extends ServeCommand> = PlainConfig<C> &
  Readonly<ReturnType<(typeof rules)[C]>> & { readonly command: C } & CommonConfig;
export type StdioConfig = ConfigOf<'stdio'>;
export type SseConfig = ConfigOf<'sse'>;
export type HttpConfig = ConfigOf<'http'>;
export type AuthServerConfig = ConfigOf<'auth-server'>;
/** What `sse` and `http` share. */
export type ServerConfig = PlainConfig<'sse' | 'http'> & ServerRules & CommonConfig;
/** What the server offers. */
export type OfferConfig = PlainConfig<'stdio' | 'sse' | 'http'>;

/** How every command tells of what it does. */
interface CommonConfig {
  readonly log: LogConfig;
  /** Absent where nothing is sent. */
  readonly telemetry: TelemetryConfig | undefined;
}

/** Of the formats, `auto` is pretty on a terminal and JSON elsewhere. */
export interface LogConfig {
  readonly level: Values['logLevel'];
  readonly format: Values['logFormat'];
  /** Of text for people; where it is undefined, a terminal gets them. */
  readonly colours: boolean | undefined;
}

/** NO_COLOR and FORCE_COLOR, as everywhere (no-color.org); NO_COLOR wins, as it does for the results of commands. */
function coloursOf(env: Environment): boolean | undefined {
  if (env.NO_COLOR) return false;
  const { FORCE_COLOR: force } = env;
  return force === undefined ? undefined : !['0', 'false'].includes(force.trim().toLowerCase());
}

interface ServerRules extends ListenRules {
  readonly auth: AuthConfig;
  /** Undefined where there is no console. */
  readonly console: ConsoleConfig | undefined;
}

function serverRules(reading: Reading, defaultPort: number, problems: string[]): ServerRules {
  const { metricsPort } = reading.values;
  if (reading.from.metricsHost === 'flag' && metricsPort === undefined)
    problems.push(
      '--metrics-host (METRICS_HOST) does nothing without --metrics-port (METRICS_PORT): add it, or drop the flag',
    );
  const listen = listenRules(reading, defaultPort, problems);
  if (metricsPort !== undefined && metricsPort !== 0 && metricsPort === listen.port) {
    problems.push(
      '--metrics-port (METRICS_PORT) must differ from --port (PORT); without it, /metrics is on the main port',
    );
  }
  return { ...listen, auth: authConfig(reading, problems), console: consoleConfig(reading, problems) };
}

function httpRules(reading: Reading, problems: string[]): ServerRules & { stateful: boolean } {
  const { values } = reading;
  if (values.stateful && values.stateless) {
    problems.push('--stateful (STATEFUL) and --stateless (STATELESS) exclude each other: give one');
  }
  const stateful = values.stateful ?? !values.stateless;
  const server = serverRules(reading, stateful ? DEFAULT_PORTS.stateful : DEFAULT_PORTS.stateless, problems);
  if (values.minimal && stateful)
    problems.push('--minimal (MINIMAL) is only for --stateless: add it, or drop --minimal');
  if (values.workers > 1 && server.redis === undefined)
    problems.push(...inMemoryWorkers(stateful, values.sse, values.auth));
  return {
    ...server,
    stateful,
    warnings: [...server.warnings, ...separateCounts(values.workers, server), ...separateStores(values, server)],
  };
}

/** What several processes can't do when each has only its own memory. */
function inMemoryWorkers(stateful: boolean, sse: boolean, auth: string): string[] {
  const reasons = [
    ...(stateful
      ? ['a session in memory is known to one process only: add --redis (USE_REDIS), or use --stateless']
      : []),
    ...(!stateful && sse
      ? ['the sessions of --sse (LEGACY_SSE) are known to one process only: add --redis (USE_REDIS)']
      : []),
    ...(auth === 'demo'
      ? ['the users of --auth demo (AUTH_MODE) are known to one process only: add --redis (USE_REDIS)']
      : []),
  ];
  return reasons.map((reason) => `--workers (WORKERS) above 1 is refused: ${reason}`);
}

/** The counters of a rate limit are shared by way of Redis, or not at all. */
function separateCounts(workers: number, { redis, rateLimit }: ServerRules): string[] {
  if (workers === 1 || redis !== undefined || rateLimit === undefined) return [];
  return [
    `Each of the ${workers} workers counts requests by itself: a client may send up to ${workers * rateLimit.max} in a window`,
  ];
}

/** What may happen only once needs a store that all see who can open the state of a question. */
function separateStores({ workers, stateKey, era }: Values, { redis }: ServerRules): string[] {
  if (redis !== undefined || era === 'legacy' || (workers === 1 && stateKey === undefined)) return [];
  return [
    'Several processes have the key of open questions and no store in common: a step that may happen only once is refused after a question, and no call becomes a task. --redis gives them one',
  ];
}

const CLIENT_IN_PART =
  '--introspection-client-id (INTROSPECTION_CLIENT_ID) and --introspection-client-secret (INTROSPECTION_CLIENT_SECRET) belong together: give both or none';

function authServerRules(
  reading: Reading,
  problems: string[],
): ListenRules & { introspectionClient: IntrospectionClient | undefined } {
  const { introspectionClientId: id, introspectionClientSecret: secret } = reading.values;
  if ((id === undefined) !== (secret === undefined)) problems.push(CLIENT_IN_PART);
  return {
    ...listenRules(reading, DEFAULT_PORTS.authServer, problems),
    introspectionClient: id === undefined || secret === undefined ? undefined : { id, secret },
  };
}

/** The credentials that a caller of the introspection endpoint must have; without them, only a server on the loopback has one. */
interface IntrospectionClient {
  readonly id: string;
  readonly secret: string;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}

import type { HttpConfig, ServerConfig } from '../config/index.js';
import { parsedBody, readBody } from '../http/body.js';
import type { ChildCommand } from '../children/command.js';
import type { ServedChildren } from '../children/serve-children.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { ServerFactory } from '../protocol/hosted/sdk-server.js';
import type { Tasks } from '../protocol/modern/tasks/tasks.js';
import type { Served } from '../protocol/served.js';
import type { Storage } from '../sessions/contract.js';
import { KeepAlive } from '../transports/keep-alive.js';
import type { StreamableHttp, StreamableHttpOptions } from '../transports/streamable-http/index.js';
import { streamableHttp } from '../transports/streamable-http/index.js';
import type { Bodies } from '../transports/read-request.js';
import { tellSessionEnd } from '../transports/session-end.js';
import type { Telemetry } from '../telemetry/contract.js';
import { Turns } from '../transports/turns.js';
import type { Access } from './access.js';
import type { Draining } from './lifecycle.js';
import type { ModuleOffer, Offer } from './load-module.js';
import type { ServedProtocol } from './offer.js';
import { serveModule } from './offer.js';
import { firstLine, ServeError } from './errors.js';
import { openStorage } from './open-storage.js';
import { erasOf, stateOptions, tasksOf } from './protocol.js';
import type { WatchedModule } from './watch/watched-module.js';

/** How Streamable HTTP is served. */
export type McpConfig = Pick<
  HttpConfig,
  | 'stateful'
  | 'strict'
  | 'sseAfterMs'
  | 'workers'
  | 'era'
  | 'lenientHeaders'
  | 'stateKey'
  | 'stateTtlMs'
  | 'taskAfterMs'
  | 'taskTtlMs'
>;

/** What is configured of a service; the rest of a server's settings are its host's. */
export type ServiceConfig = Pick<
  ServerConfig,
  | 'server'
  | 'redis'
  | 'sessionTtlMs'
  | 'historyLimit'
  | 'maxSessions'
  | 'rateLimit'
  | 'bodyLimit'
  | 'callTimeoutMs'
  | 'keepAliveMs'
  | 'perSession'
  | 'share'
  | 'children'
  | 'maxChildren'
  | 'childStartMs'
  | 'childIdleMs'
  | 'childMemory'
> & { readonly auth: Pick<ServerConfig['auth'], 'mode'> };

/** What is served, ready for transports: the same for the CLI, which listens, and for the library, which is mounted. */
export interface Service {
  /** Where sessions are; absent where there are none. */
  readonly storage: Storage | undefined;
  /** What is kept without sessions as well: open questions, tasks, counts. The same as the storage where there is one. */
  readonly state: Storage;
  /** What all transports have in common. */
  readonly shared: Omit<StreamableHttpOptions, 'strict' | 'sseAfterMs' | 'storage'>;
  /** What runs beside the transports, and is drained with them. */
  readonly running: readonly Draining[];
  /** What a server says of itself that was started by its command. */
  readonly introduction?: string;
}

/** Of Node's requests. */
const bodies = { parsed: parsedBody, read: readBody } as Bodies;

/** What a service is opened for. */
interface ServedParts {
  readonly mcp: McpConfig | undefined;
  readonly sse: boolean;
  /** Where the offer is of a module that is served anew whenever it changes. */
  readonly watched?: WatchedModule;
}

/** Opens the storage and makes the offer ready. What it has opened is closed when it rejects. */
export async function openService(
  config: ServiceConfig,
  { mcp, sse, watched }: ServedParts,
  offer: Offer,
  logger: Logger,
  metrics: Metrics,
  telemetry?: Telemetry,
): Promise<Service> {
  // The legacy transport has sessions even beside a stateless /mcp.
  const storage = sse || mcp?.stateful ? await openStorage(config, logger, metrics, telemetry) : undefined;
  const isModern = mcp !== undefined && mcp.era !== 'legacy';
  const state = storage ?? (await openSharedState(config, isModern, logger, metrics, telemetry));
  try {
    const protocol = mcp ? protocolOf(mcp, state, logger) : { ...LEGACY_ALONE, changes: state.changes };
    const { bodyLimit, sessionTtlMs, callTimeoutMs } = config;
    const children =
      'command' in offer ? await childrenOf(config, offer, protocol, { state, storage, logger, metrics }) : undefined;
    const base =
      children?.served ??
      (await serveModule({ config, offer: offer as ModuleOffer, watched, metrics, protocol, storage, logger }));
    const lives =
      typeof offer === 'function' && config.perSession && storage
        ? await livesOf(config, base, offer, storage, logger, metrics)
        : undefined;
    const served = lives?.served ?? base;
    const keepAlive = new KeepAlive(config.keepAliveMs);
    const turns = new Turns();
    return {
      storage,
      state,
      shared: { served, logger, metrics, telemetry, keepAlive, turns, bodies, bodyLimit, sessionTtlMs, callTimeoutMs },
      running: [
        ...(protocol.tasks ? [running(protocol.tasks)] : []),
        ...[children, lives, watched].flatMap((each) => (each ? [closing(each)] : [])),
      ],
      introduction: children?.introduction,
    };
  } catch (error) {
    await state.close();
    throw error;
  }
}

/** The transport of `/mcp`. */
export function mcpTransport(
  { shared, storage }: Service,
  { stateful, strict, sseAfterMs }: McpConfig,
  access: Access['transport'],
): StreamableHttp {
  return streamableHttp({ ...shared, ...access, strict, sseAfterMs, storage: stateful ? storage : undefined });
}

/** The legacy transport has no other. */
const LEGACY_ALONE: ServedProtocol = {
  eras: ['legacy'],
  states: stateOptions({ stateTtlMs: 0 }, undefined),
};

function protocolOf(
  { era, lenientHeaders, workers, ...config }: McpConfig,
  state: Storage,
  logger: Logger,
): ServedProtocol {
  const isShared = config.stateKey !== undefined || workers > 1;
  return {
    eras: erasOf(era),
    lenientHeaders,
    states: stateOptions(config, state, isShared),
    changes: state.changes,
    tasks: era === 'legacy' ? undefined : tasksOf(config, state, isShared, logger),
  };
}

/** Servers that are started by their command have sessions that end with them, and with this node. */
async function childrenOf(
  config: ServiceConfig,
  command: ChildCommand,
  { eras = ['legacy', 'modern'], lenientHeaders, states }: ServedProtocol,
  { state, storage, logger, metrics }: { state: Storage; storage?: Storage; logger: Logger; metrics: Metrics },
): Promise<ServedChildren> {
  const { serveChildren } = await import('../children/serve-children.js');
  try {
    const { share, children } = config;
    return await serveChildren({
      ...config,
      command,
      share,
      children,
      eras,
      lenientHeaders,
      secrets: states.secrets,
      state,
      isStateful: storage !== undefined,
      endSession: endingWith(storage, logger, metrics),
      logger,
    });
  } catch (error) {
    throw new ServeError(firstLine(error), { cause: error });
  }
}

/** An author's SDK servers, one for each session. */
async function livesOf(
  config: ServiceConfig,
  base: Served,
  factory: ServerFactory,
  storage: Storage,
  logger: Logger,
  metrics: Metrics,
): Promise<Pick<ServedChildren, 'served' | 'close'>> {
  const { servePerSession } = await import('../children/per-session.js');
  const endSession = endingWith(storage, logger, metrics);
  return servePerSession({ ...config, base, factory, bus: storage.bus, endSession, logger });
}

/** Ends the session of a live server that is no more, over all nodes. */
function endingWith(
  storage: Storage | undefined,
  logger: Logger,
  metrics: Metrics,
): (sessionId: string) => Promise<void> {
  return async (sessionId) => {
    if (await storage?.sessions.end(sessionId)) tellSessionEnd({ logger, metrics }, sessionId, 'disconnected');
    await storage?.bus.tellAll({ kind: 'end', sessionId });
  };
}

/** Live servers end when no call runs any more. */
function closing(lives: { close(): Promise<void> | void }): Draining {
  return { drain: () => undefined, isIdle: () => true, endStreams: () => undefined, close: async () => lives.close() };
}

/** Tasks end with their node, as calls in flight do. */
function running(tasks: Tasks): Draining {
  return {
    drain: () => undefined,
    isIdle: () => tasks.isIdle,
    endStreams: () => undefined,
    close: () => tasks.close(),
  };
}

/**
 * What the nodes of a stateless server have in common: the counts of a rate limit, the state of the demo authorization server, and the
 * key of open questions.
 */
function openSharedState(
  config: ServiceConfig,
  isModern: boolean,
  logger: Logger,
  metrics: Metrics,
  telemetry: Telemetry | undefined,
): Promise<Storage> {
  const needed = config.rateLimit !== undefined || config.auth.mode === 'demo' || isModern;
  return openStorage(needed ? config : { ...config, redis: undefined }, logger, metrics, telemetry);
}

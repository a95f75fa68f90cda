import type { Logger } from '../log.js';
import { admitted } from '../protocol/modern/admission.js';
import type { Served } from '../protocol/served.js';
import type { Era } from '../rpc/era.js';
import type { Storage } from '../sessions/contract.js';
import { QuestionTable } from './asked.js';
import type { ChildCommand, ChildLimits } from './command.js';
import { ParkedCalls } from './parked.js';
import { Pools } from './pools.js';
import { Processes } from './processes.js';
import { SessionPeer } from './session-peer.js';
import { LiveSessions } from './sessions.js';

export interface ServeChildrenOptions extends ChildLimits {
  readonly command: ChildCommand;
  /** One server for all clients of this node, in place of one for each session. */
  readonly share: boolean;
  /** How many servers of the modern era share the requests. */
  readonly children: number;
  readonly eras: readonly Era[];
  /** Forgives a legacy `MCP-Protocol-Version` over a modern envelope. */
  readonly lenientHeaders?: boolean;
  /** What marks states and tasks that belong to a caller: all nodes that share the storage have it. */
  readonly secrets: () => Promise<readonly string[]>;
  /** Of which the bus and the changes are used. */
  readonly state: Storage;
  /** Whether there are sessions. */
  readonly isStateful: boolean;
  /** Ends the session of a server that is no more, over all nodes, and tells of it. */
  readonly endSession: (sessionId: string) => Promise<void>;
  readonly logger: Logger;
}

export interface ServedChildren {
  readonly served: Served;
  /** What a server of this command said of itself when it was tried. */
  readonly introduction: string;
  /** Ends all of them, and the sessions that live by them. */
  close(): Promise<void>;
}

/**
 * Serves what a command starts. The first is started here, to see that it is a server and which generation it is of. Rejects with an
 * error that says in one line what is wrong with it.
 */
export async function serveChildren(options: ServeChildrenOptions): Promise<ServedChildren> {
  const { command, share, eras, lenientHeaders = false, state, isStateful, endSession, logger, childStartMs } = options;
  const { bus, changes } = state;
  const questions = new QuestionTable(bus.nodeId);
  const processes = new Processes(command, options, logger);
  const parked = new ParkedCalls(bus.nodeId, questions);
  const sessions: LiveSessions = new LiveSessions({
    bus,
    questions,
    begin: processes.begin,
    requireRoom: processes.requireRoom,
    idleMs: options.childIdleMs,
    find: (place) => parked.find(place) ?? pools.find(place),
    endSession,
    logger,
  });
  const pools: Pools = new Pools({
    nodeId: bus.nodeId,
    ...options,
    isSpread: options.children > 1 || state.mode === 'redis',
    processes,
    parked,
    sessions,
    changes,
  });
  const close = async () => {
    await sessions.close();
    pools.close();
    await processes.close();
  };
  let introduction: string;
  try {
    introduction = await pools.try();
  } catch (error) {
    await close();
    throw error;
  }
  const ownServers = isStateful && !share && pools.speaks.legacy;
  const served: Served = {
    eras,
    requiredScopes: () => [],
    admit: (request, headers) => admitted(request, headers, lenientHeaders),
    ...(ownServers && { live: sessions }),
    changesLists: !ownServers,
    open(facts, sink) {
      if (facts.envelope) return pools.openModern(facts, sink);
      const isOfSession = ownServers && (facts.transport !== 'streamable-http' || facts.storage !== undefined);
      if (isOfSession) return new SessionPeer(sessions, childStartMs, facts, sink, questions);
      return pools.openLegacy(facts, sink);
    },
  };
  return { served, introduction, close };
}

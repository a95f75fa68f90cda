import type { Logger } from '../log.js';
import { LiveLimitError } from '../protocol/errors.js';
import type { ServerFactory } from '../protocol/hosted/sdk-server.js';
import type { Served } from '../protocol/served.js';
import type { MessageBus } from '../sessions/contract.js';
import { QuestionTable } from './asked.js';
import type { ChildLimits } from './command.js';
import { SdkLine } from './sdk-line.js';
import { SessionPeer } from './session-peer.js';
import { LiveSessions } from './sessions.js';

export interface PerSessionOptions extends Pick<ChildLimits, 'maxChildren' | 'childStartMs' | 'childIdleMs'> {
  /** How all else is served: the modern era, and exchanges that belong to no session. */
  readonly base: Served;
  readonly factory: ServerFactory;
  readonly bus: MessageBus;
  readonly endSession: (sessionId: string) => Promise<void>;
  readonly logger: Logger;
}

/** Serves an author's SDK servers so that one is made for each session, and lives on the node that opened it, with what it keeps in its closure. */
export function servePerSession(options: PerSessionOptions): { readonly served: Served; close(): Promise<void> } {
  const { base, factory, bus, maxChildren, childStartMs, childIdleMs, endSession, logger } = options;
  const questions = new QuestionTable(bus.nodeId);
  let running = 0;
  const requireRoom = () => {
    if (running >= maxChildren)
      throw new LiveLimitError(`There are ${maxChildren} servers running already, which is the limit: try again later`);
  };
  const begin = () => {
    requireRoom();
    running += 1;
    return new SdkLine(
      factory,
      (err) => logger.error({ err }, 'the server of a session could not be made'),
      () => (running -= 1),
    );
  };
  const sessions = new LiveSessions({ bus, questions, begin, requireRoom, idleMs: childIdleMs, endSession, logger });
  const served: Served = {
    ...base,
    live: sessions,
    open: (facts, sink) =>
      facts.envelope || !facts.storage
        ? base.open(facts, sink)
        : new SessionPeer(sessions, childStartMs, facts, sink, questions),
  };
  return { served, close: () => sessions.close() };
}

import { shortSession } from '../../text/secrets.js';
import type { Logger } from '../../log.js';
import { SessionEndedError } from '../../protocol/errors.js';
import type { RpcNotification, RpcResponse } from '../../rpc/messages.js';
import { isId, isObject, isResponse } from '../../rpc/messages.js';
import { WANTED } from '../../sessions/change-feed.js';
import type { MessageBus, NodeMessage } from '../../sessions/contract.js';
import type { Exchange } from './exchange.js';
import { nodeOf } from './stream-log.js';

/** An open GET: what it needs to be found by. */
export interface Listener {
  readonly standalone: boolean;
  /** The number of its request in the session: of two standalone streams the one with the higher is the newer. */
  readonly order: number;
  /** Its session has subscribed to a resource, or no more. */
  subscribe(uri: string): void;
  unsubscribe(uri: string): void;
  /** Ends the response; `early` tells the client to come back, `outcome` the log why. */
  end(early: boolean, outcome?: 'session_ended' | 'taken_over'): void;
}

/**
 * Finds the exchanges and listeners of a session, here or on another node. Nothing here is the session: it is only
 * what happens to be connected to this node right now.
 */
export class Routing {
  private readonly exchanges = new Map<string, Set<Exchange>>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly stop: () => void;
  private draining = false;

  constructor(
    private readonly bus: MessageBus,
    private readonly logger: Logger,
  ) {
    this.stop = bus.onMessage((message) => this.receive(message));
  }

  addExchange(sessionId: string, exchange: Exchange): void {
    add(this.exchanges, sessionId, exchange);
  }

  removeExchange(sessionId: string, exchange: Exchange): void {
    remove(this.exchanges, sessionId, exchange);
  }

  addListener(sessionId: string, listener: Listener): void {
    add(this.listeners, sessionId, listener);
    // It came over a connection that was busy when the others were ended.
    if (this.draining) listener.end(true);
  }

  removeListener(sessionId: string, listener: Listener): void {
    remove(this.listeners, sessionId, listener);
  }

  /**
   * Passes an answer (or progress) on to the exchange that waits for it. An answer that nobody waits for any more is
   * dropped, as the protocol wants it; so is one that names an exchange of another session.
   */
  async deliver(sessionId: string, message: RpcNotification | RpcResponse): Promise<void> {
    const exchange = exchangeOf(message);
    const node = exchange && nodeOf(exchange);
    if (!node)
      return this.logger.debug(
        { session: shortSession(sessionId), rpc: message },
        'an answer to a question that was not asked',
      );
    await this.bus.send(node, { kind: 'deliver', sessionId, exchange, message });
  }

  /** Stops a request of the session, wherever it runs. */
  async cancel(sessionId: string, notification: RpcNotification): Promise<void> {
    await this.bus.tellAll({ kind: 'cancel', sessionId, notification });
  }

  /** Closes every stream of a session that has ended, and stops its calls. */
  async end(sessionId: string): Promise<void> {
    await this.bus.tellAll({ kind: 'end', sessionId });
  }

  /** Closes the session's other standalone streams: the newest one wins. */
  async takeOver(sessionId: string, order: number): Promise<void> {
    await this.bus.tellAll({ kind: 'take-over', sessionId, order });
  }

  /** Ends every open GET with a `retry`, and those that still come: another node will serve them. */
  endListeners(): void {
    this.draining = true;
    for (const listeners of [...this.listeners.values()]) for (const listener of [...listeners]) listener.end(true);
  }

  /** Hears and ends no more. */
  close(): void {
    this.stop();
    this.endListeners();
  }

  private receive(message: NodeMessage): void {
    const { kind, sessionId } = message;
    const exchanges = [...(this.exchanges.get(sessionId) ?? [])];
    const listeners = [...(this.listeners.get(sessionId) ?? [])];
    switch (kind) {
      case 'deliver':
        if (!isObject(message.message)) return;
        exchanges
          .find(({ exchangeId }) => exchangeId === message.exchange)
          ?.deliver(message.message as unknown as RpcNotification | RpcResponse);
        return;
      case 'cancel': {
        const { requestId, reason } = (message.notification as RpcNotification | undefined)?.params ?? {};
        if (isId(requestId))
          this.settled(exchanges.find((exchange) => exchange.owes(requestId))?.cancel(requestId, reason));
        return;
      }
      case 'end':
        for (const exchange of exchanges) this.settled(exchange.close(new SessionEndedError()));
        for (const listener of listeners) listener.end(false, 'session_ended');
        return;
      case WANTED:
        for (const listener of listeners.filter(({ standalone }) => standalone)) {
          if (typeof message.subscribe === 'string') listener.subscribe(message.subscribe);
          if (typeof message.unsubscribe === 'string') listener.unsubscribe(message.unsubscribe);
        }
        return;
      case 'take-over':
        if (typeof message.order === 'number') this.giveWay(sessionId, listeners, message.order);
    }
  }

  /** Of streams that open at the same time on several nodes, each may hear of the other: exactly one must stay. */
  private giveWay(sessionId: string, listeners: readonly Listener[], order: number): void {
    for (const listener of listeners) {
      if (!listener.standalone) continue;
      if (listener.order < order) listener.end(false, 'taken_over');
      else if (listener.order > order) this.settled(this.takeOver(sessionId, listener.order));
    }
  }

  private settled(work: Promise<void> | undefined): void {
    work?.catch((error: unknown) =>
      this.logger.warn({ err: error }, 'an exchange or a stream could not be ended cleanly'),
    );
  }
}

/** The exchange that an answer, or a progress notification, is for; undefined where it names none. */
function exchangeOf(message: RpcNotification | RpcResponse): string | undefined {
  const id = isResponse(message) ? message.id : message.params?.progressToken;
  return typeof id === 'string' ? /^([\w-]+\.\d+):\d+$/.exec(id)?.[1] : undefined;
}

function add<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

function remove<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const set = map.get(key);
  if (set?.delete(value) && set.size === 0) map.delete(key);
}

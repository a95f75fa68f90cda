import type { Logger } from '../../log.js';
import type { RpcMessage, RpcNotification } from '../../rpc/messages.js';
import { isObject } from '../../rpc/messages.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import { SessionEndedError } from '../../protocol/session-ended.js';
import type { MessageBus, NodeMessage } from '../../sessions/contract.js';
import type { Exchange } from './exchange.js';
import { exchangeOf } from './server-request-id.js';
import { nodeOf } from './stream-log.js';

/** What a call gets that runs on when the server's time to stop is over. */
const STOPPED = 'The server stops and could not wait for this request any longer: call again';

/** An open GET: what it needs to be found by. */
export interface Listener {
  readonly standalone: boolean;
  /** The number of its request in the session: of two standalone streams the one with the higher is the newer. */
  readonly order: number;
  /** Ends the response; `early` tells the client to come back. */
  end(early: boolean): void;
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

  get openExchanges(): number {
    let count = 0;
    for (const exchanges of this.exchanges.values()) count += exchanges.size;
    return count;
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
  async deliver(sessionId: string, message: RpcMessage): Promise<void> {
    const exchange = exchangeOf(message);
    const node = exchange && nodeOf(exchange);
    if (!node) return;
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

  /** Stops listening and aborts what still runs: its requests are answered with an error. */
  async close(): Promise<void> {
    this.stop();
    this.endListeners();
    const open = [...this.exchanges.values()].flatMap((exchanges) => [...exchanges]);
    await Promise.all(open.map((exchange) => exchange.close(new RpcError(RPC.internalError, STOPPED))));
  }

  private receive(message: NodeMessage): void {
    const { kind, sessionId } = message;
    const exchanges = [...(this.exchanges.get(sessionId) ?? [])];
    const listeners = [...(this.listeners.get(sessionId) ?? [])];
    switch (kind) {
      case 'deliver':
        if (!isObject(message.message)) return;
        exchanges.find(({ id }) => id === message.exchange)?.deliver(message.message as unknown as RpcMessage);
        return;
      case 'cancel': {
        const notification = message.notification as RpcNotification | undefined;
        const id = notification?.params?.requestId;
        if (typeof id !== 'string' && typeof id !== 'number') return;
        const running = exchanges.find((exchange) => exchange.owes(id));
        if (notification) this.settled(running?.cancel(notification));
        return;
      }
      case 'end':
        for (const exchange of exchanges) this.settled(exchange.close(new SessionEndedError()));
        for (const listener of listeners) listener.end(false);
        return;
      case 'take-over':
        if (typeof message.order === 'number') this.giveWay(sessionId, listeners, message.order);
    }
  }

  /** Of streams that open at the same time on several nodes, each may hear of the other: exactly one must stay. */
  private giveWay(sessionId: string, listeners: readonly Listener[], order: number): void {
    for (const listener of listeners) {
      if (!listener.standalone) continue;
      if (listener.order < order) listener.end(false);
      else if (listener.order > order) this.settled(this.takeOver(sessionId, listener.order));
    }
  }

  private settled(work: Promise<void> | undefined): void {
    work?.catch((error: unknown) => this.logger.warn({ err: error }, 'an exchange or a stream could not be ended cleanly'));
  }
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

import { within } from '../../net/time-limit.js';
import type { RpcMessage, RpcRequest } from '../../rpc/messages.js';
import type { Era } from '../../rpc/era.js';
import type { ChangeFeed } from '../../sessions/contract.js';
import type { Envelope } from '../modern/envelope.js';
import type { Headers } from '../modern/headers.js';
import type { Facts, Peer, Served, Sink } from '../served.js';
import { ReplaceablePeer } from './peer.js';

/** How long those who listen wait for connections that go over, ms. */
const GO_OVER_LIMIT_MS = 5_000;

/**
 * What is served, and may be replaced while clients are connected: the next exchange is served by what came last, and a connection goes
 * over to it and stays open. Calls that are under way end with what they have begun with.
 */
export class ReplaceableServed implements Served {
  readonly changesLists = true;
  private readonly connections = new Map<Sink, ReplaceablePeer>();

  constructor(
    private current: Served,
    private readonly changes: ChangeFeed | undefined,
  ) {}

  get eras(): readonly Era[] {
    return this.current.eras;
  }

  requiredScopes(message: RpcMessage): readonly string[] {
    return this.current.requiredScopes(message);
  }

  admit(request: RpcRequest, headers?: Headers): Envelope {
    return this.current.admit(request, headers);
  }

  open(facts: Facts, sink: Sink): Peer | Promise<Peer> {
    if (facts.transport === 'streamable-http') return this.current.open(facts, sink);
    const connection = this.connections.get(sink);
    if (connection) return connection.openModern(facts);
    return this.connect(facts, sink);
  }

  /**
   * Resolves when every connection has gone over, as far as it does so in time, and who listens is told that the lists have changed.
   * Never rejects.
   */
  async replace(next: Served): Promise<void> {
    const lists = new Set([...(this.current.lists ?? []), ...(next.lists ?? [])]);
    this.current = next;
    const over = Promise.all([...this.connections.values()].map((connection) => connection.goOver(next)));
    // An author's function may hang that makes a server; who waits for it goes over when it is there.
    await within(over, GO_OVER_LIMIT_MS, () => undefined);
    for (const kind of lists) this.changes?.publish({ kind });
  }

  private async connect(facts: Facts, sink: Sink): Promise<Peer> {
    const onClose = () => void this.connections.delete(sink);
    const peer = new ReplaceablePeer(facts, sink, this.changes, onClose);
    this.connections.set(sink, peer);
    try {
      await peer.begin(this.current);
    } catch (error) {
      peer.close();
      throw error;
    }
    return peer;
  }
}

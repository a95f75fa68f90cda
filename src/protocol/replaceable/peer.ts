import type { RpcNotification, RpcResponse } from '../../rpc/messages.js';
import { isResponse } from '../../rpc/messages.js';
import type { ChangeFeed } from '../../sessions/contract.js';
import { fromClientId } from '../hosted/client-ids.js';
import { Subscribed } from '../legacy/subscribed.js';
import type { OpenRequest } from '../open-requests.js';
import type { Facts, MessageToken, Peer, Served, Sink } from '../served.js';
import { Part } from './part.js';

/** The server's side of one connection, whoever serves it by and by. A new one finds in the session's record what its client has said so far. */
export class ReplaceablePeer implements Peer {
  /** The one that takes requests, and those before it that still work on some. */
  private readonly parts = new Map<number, Part>();
  private current: Part | undefined;
  private count = 0;
  private begun: Promise<void> = Promise.resolve();
  /** Whether the client may be told of anything yet (basic/lifecycle, "Initialization"). */
  private isGreeted = false;
  private isClosed = false;
  private readonly lists: Subscribed | undefined;

  constructor(
    private readonly facts: Facts,
    private readonly sink: Sink,
    changes: ChangeFeed | undefined,
    private readonly onClose: () => void,
  ) {
    this.lists =
      changes &&
      new Subscribed({
        changes,
        sessionId: facts.requestId,
        lists: true,
        tell: async (notification) => {
          if (this.isGreeted) await sink.notify(notification as RpcNotification);
        },
        onError: (error) => facts.logger.debug({ err: error }, 'a client was not told of a change'),
      });
  }

  /** Rejects where the first can't be made. */
  begin(served: Served): Promise<void> {
    this.begun = this.use(served).then(() => this.lists?.open());
    return this.begun;
  }

  /** Resolves when the next request is served by this one, or by the one before where this one can't be made. */
  async goOver(served: Served): Promise<void> {
    try {
      await this.use(served);
    } catch (error) {
      const { logger, requestId } = this.facts;
      logger.warn({ requestId, err: error }, 'a connection is still served by the module as it was before');
    }
  }

  /** One request of the modern era. */
  async openModern(facts: Facts): Promise<Peer> {
    await this.begun;
    const part = this.required();
    const peer = await part.served.open(facts, part);
    return {
      serve(open, token) {
        part.take(open);
        return peer.serve(open, token);
      },
      deliver: (message) => peer.deliver(message),
      drain: () => peer.drain?.(),
      close: () => peer.close(),
    };
  }

  serve(open: OpenRequest, token?: MessageToken): Promise<void> | void {
    const part = this.required();
    part.take(open);
    return part.peer?.serve(open, token);
  }

  deliver(message: RpcNotification | RpcResponse): void {
    if (!isResponse(message) && message.method === 'notifications/initialized') this.isGreeted = true;
    const named = isResponse(message) ? message.id : message.params?.progressToken;
    const number = /^(\d{1,15}):\d{1,15}$/.exec(String(named))?.[1];
    const asker = number === undefined ? undefined : this.parts.get(Number(number));
    if (asker) asker.peer?.deliver(fromClientId(message) as typeof message);
    else if (!isResponse(message)) this.current?.peer?.deliver(message);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onClose();
    this.lists?.close();
    for (const { peer } of this.parts.values()) peer?.close();
    this.parts.clear();
  }

  private async use(served: Served): Promise<void> {
    const number = (this.count += 1);
    const part = new Part(number, served, this.sink, () => void this.parts.delete(number));
    this.parts.set(number, part);
    try {
      part.peer = await served.open(this.facts, part);
    } catch (error) {
      this.parts.delete(number);
      throw error;
    }
    if (this.isClosed) return part.peer.close();
    // A newer one may have been made faster.
    if (this.current && this.current.number > number) return part.finish();
    const before = this.current;
    this.current = part;
    before?.finish();
  }

  private required(): Part {
    if (!this.current) throw new Error('The connection is not served yet');
    return this.current;
  }
}

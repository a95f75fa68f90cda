import type { ConnectableServer, ServerFactory } from '../protocol/hosted/sdk-server.js';
import { requireConnectable } from '../protocol/hosted/sdk-server.js';
import type { RequestId, RpcMessage } from '../rpc/messages.js';
import type { Hear, Line } from './line.js';
import { ServerEndedError } from './line.js';

/** Messages that wait while a server is being made. */
const WAITING_LIMIT = 100;

/** A server of an author's SDK that lives as long as its session, in this process: the transport that it is connected to. */
export class SdkLine implements Line {
  /** The transport, as the SDK knows it: what it sends says which request it is about, and handlers wait until it is written. */
  private readonly wire = {
    onmessage: undefined as ((message: RpcMessage) => void) | undefined,
    start: async () => undefined,
    send: async (message: RpcMessage, options?: { relatedRequestId?: RequestId }) =>
      this.hear(message, options?.relatedRequestId),
    close: async () => this.finish('has closed its connection'),
  };
  private hear: Hear = () => undefined;
  private ended: (why: ServerEndedError) => void = () => undefined;
  private server: ConnectableServer | undefined;
  private waiting: RpcMessage[] | undefined = [];
  private over = false;

  constructor(
    private readonly factory: ServerFactory,
    private readonly onError: (error: unknown) => void,
    private readonly onEnd: () => void,
  ) {}

  listen(hear: Hear, ended: (why: ServerEndedError) => void): void {
    this.hear = hear;
    this.ended = ended;
    this.make().catch((error: unknown) => {
      this.onError(error);
      this.finish('could not be made');
    });
  }

  send(message: RpcMessage): void {
    if (this.over) throw new ServerEndedError('The server has closed its connection');
    if (!this.waiting) this.wire.onmessage?.(message);
    else if (this.waiting.push(message) > WAITING_LIMIT) throw new ServerEndedError('The server is still being made');
  }

  async end(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (this.over) return;
    this.over = true;
    this.onEnd();
    await server?.close?.();
  }

  private async make(): Promise<void> {
    const server = await this.factory({ era: 'legacy' });
    requireConnectable(server);
    if (this.over) return server.close?.();
    this.server = server;
    await server.connect(this.wire as never);
    const { waiting = [] } = this;
    this.waiting = undefined;
    for (const message of waiting) this.wire.onmessage?.(message);
  }

  private finish(how: string): void {
    if (this.over) return;
    this.over = true;
    this.onEnd();
    this.ended(new ServerEndedError(`The server ${how}`));
  }
}

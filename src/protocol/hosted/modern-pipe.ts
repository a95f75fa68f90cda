import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import type { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { RequestId, RpcMessage, RpcResponse } from '../../rpc/messages.js';
import { isResponse } from '../../rpc/messages.js';
import type { Answer } from '../answer.js';
import type { OpenRequest } from '../open-requests.js';
import type { Facts, Sink } from '../served.js';
import { answerOf } from './answer.js';
import type { Hosting } from './modern-peer.js';
import { HostedModernPeer, makeServer } from './modern-peer.js';
import type { ConnectableServer, FactoryContext } from './sdk-server.js';

interface Waiting {
  readonly resolve: (response: RpcResponse) => void;
  readonly reject: (error: unknown) => void;
}

/** The modern requests of one pipe: one server of the SDK's has them all, as with its own `serveStdio`. */
export class HostedPipe implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  private readonly waiting = new Map<RequestId, Waiting>();
  /** Why no server could be made, until the request is answered that asked for one. */
  private failure: { readonly error: unknown } | undefined;
  private readonly handle: ReturnType<typeof serveStdio>;

  constructor(
    serve: typeof serveStdio,
    private readonly hosting: Hosting,
    private readonly facts: Facts,
    private readonly sink: Sink,
    private readonly onEnd: () => void,
  ) {
    const { logger, requestId } = facts;
    const onerror = (error: Error) => logger.debug({ requestId, err: error }, 'protocol error');
    // Messages of the legacy era never come here: its connection has a server of its own.
    this.handle = serve((context) => this.make(context) as never, { transport: this, legacy: 'reject', onerror });
  }

  async start(): Promise<void> {}

  /** Rejects with what was thrown where a server is made, and for a request that is cancelled. */
  ask({ request, signal }: OpenRequest): Promise<RpcResponse> {
    const { id } = request;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const cancelled = () => {
        if (!this.waiting.delete(id)) return;
        this.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', cancelled, { once: true });
      this.receive(request);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const response = message as RpcMessage;
    if (!isResponse(response)) return;
    const waiting = this.waiting.get(response.id);
    this.waiting.delete(response.id);
    const { failure } = this;
    this.failure = undefined;
    if (failure) waiting?.reject(failure.error);
    else waiting?.resolve(response);
  }

  /** Called by the SDK, when its server has ended: the next request makes another. */
  async close(): Promise<void> {
    this.onEnd();
    for (const { reject } of this.waiting.values()) reject(new Error('The server closed its connection'));
    this.waiting.clear();
    this.onclose?.();
  }

  /** Nobody is left to hear or to answer. */
  end(): void {
    this.handle.close().catch((error: unknown) => {
      this.facts.logger.warn({ requestId: this.facts.requestId, err: error }, 'a server could not be closed cleanly');
    });
  }

  private async make(context: FactoryContext): Promise<ConnectableServer> {
    try {
      return await makeServer(this.hosting, context, this.facts, this.sink);
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  private receive(message: RpcMessage): void {
    this.onmessage?.(message as JSONRPCMessage);
  }
}

/** One request over a pipe. */
export class PipePeer extends HostedModernPeer {
  constructor(
    private readonly pipe: () => HostedPipe,
    hosting: Hosting,
    facts: Facts,
    sink: Sink,
  ) {
    super(hosting, facts, sink);
  }

  protected async ask(open: OpenRequest): Promise<Answer> {
    return answerOf(await this.pipe().ask(open), open.request);
  }
}

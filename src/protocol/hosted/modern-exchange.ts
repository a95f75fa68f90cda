import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { RpcResponse } from '../../rpc/messages.js';
import type { Answer } from '../answer.js';
import type { OpenRequest } from '../open-requests.js';
import type { Facts, Sink } from '../served.js';
import { answerOf } from './answer.js';
import type { Hosting } from './modern-peer.js';
import { HostedModernPeer, makeServer } from './modern-peer.js';
import type { ConnectableServer, FactoryContext } from './sdk-server.js';
import { contextOf } from './sdk-server.js';

/** Exchanges that are being served, by the request that the SDK's handler got for them. */
export type Exchanges = WeakMap<Request, HostedExchange>;

/** One request over HTTP: it goes through the SDK's handler, which makes a server for it. */
export class HostedExchange extends HostedModernPeer {
  /** Why no server could be made. */
  private failure: { readonly error: unknown } | undefined;
  /** Ends the wait for an answer that can't be sent. */
  private unsent: (error: unknown) => void = () => undefined;

  constructor(
    private readonly handler: McpHttpHandler,
    private readonly exchanges: Exchanges,
    hosting: Hosting,
    facts: Facts,
    sink: Sink,
  ) {
    super(hosting, facts, sink);
  }

  async make(context: FactoryContext): Promise<ConnectableServer> {
    try {
      return await makeServer(this.hosting, context, this.facts, this.sink, (error) => this.unsent(error));
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  protected async ask(open: OpenRequest): Promise<Answer> {
    const unsent = new Promise<never>((_resolve, reject) => (this.unsent = reject));
    return Promise.race([this.fetch(open), unsent]);
  }

  private async fetch({ request, signal }: OpenRequest): Promise<Answer> {
    const { authInfo, requestInfo } = contextOf(this.facts, 'modern', signal);
    if (!requestInfo) throw new TypeError('A request over HTTP has headers');
    // Whatever was forgiven, the handler need not forgive.
    requestInfo.headers.set('mcp-protocol-version', this.facts.protocolVersion);
    this.exchanges.set(requestInfo, this);
    const response = await this.handler.fetch(requestInfo, { authInfo, parsedBody: request });
    if (this.failure) throw this.failure.error;
    const text = await response.text();
    const challenge = response.headers.get('www-authenticate');
    if (challenge !== null)
      return { id: request.id, text, outcome: 'error', error: { code: 0, message: challenge }, challenge };
    return answerOf(JSON.parse(text) as RpcResponse, request);
  }
}

import type { createMcpHandler, McpHttpHandler } from '@modelcontextprotocol/server';
import type { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Facts, Peer, Sink } from '../served.js';
import type { Exchanges } from './modern-exchange.js';
import { HostedExchange } from './modern-exchange.js';
import type { Hosting } from './modern-peer.js';
import { HostedPipe, PipePeer } from './modern-pipe.js';
import type { FactoryContext } from './sdk-server.js';

/** The author's own copy of the SDK's second generation: no other knows the servers that it makes. */
export interface SdkCopy {
  readonly createMcpHandler: typeof createMcpHandler;
  readonly serveStdio: typeof serveStdio;
}

/**
 * Serves the modern era of an author's SDK server by the author's own copy of that SDK: over HTTP by its handler, which makes a
 * server for each request; over a pipe by its `serveStdio`, which makes one for all of them.
 */
export class ModernHost {
  private handler: McpHttpHandler | undefined;
  private readonly exchanges: Exchanges = new WeakMap();
  private readonly pipes = new WeakMap<Sink, HostedPipe>();

  constructor(
    private readonly sdk: SdkCopy,
    private readonly hosting: Hosting,
  ) {}

  open(facts: Facts, sink: Sink): Peer {
    const { hosting } = this;
    if (facts.transport === 'stdio') return new PipePeer(() => this.pipeOf(facts, sink), hosting, facts, sink);
    return new HostedExchange(this.handlerFor(facts), this.exchanges, hosting, facts, sink);
  }

  /** A connection has ended. */
  end(sink: Sink): void {
    this.pipes.get(sink)?.end();
  }

  private handlerFor({ logger }: Facts): McpHttpHandler {
    const make = ({ requestInfo, ...context }: FactoryContext) => {
      const exchange = requestInfo && this.exchanges.get(requestInfo);
      if (!exchange) throw new TypeError('The SDK made a server for a request that it was not given');
      return exchange.make({ ...context, requestInfo }) as never;
    };
    // Connections are kept alive by the transport, and what listens never comes here.
    this.handler ??= this.sdk.createMcpHandler(make, {
      legacy: 'reject',
      keepAliveMs: 0,
      onerror: (error) => logger.debug({ err: error }, 'protocol error'),
    });
    return this.handler;
  }

  private pipeOf(facts: Facts, sink: Sink): HostedPipe {
    const open = this.pipes.get(sink);
    if (open) return open;
    const ended = () => void this.pipes.delete(sink);
    const pipe = new HostedPipe(this.sdk.serveStdio, this.hosting, facts, sink, ended);
    this.pipes.set(sink, pipe);
    return pipe;
  }
}

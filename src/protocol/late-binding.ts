import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import type { Binding } from './binding.js';
import { replayInitialize } from './handshake.js';
import type { RpcMessage } from '../rpc/messages.js';
import { isRequest } from '../rpc/messages.js';
import { errorAnswer, RPC } from '../rpc/errors.js';
import type { Scope } from './scope.js';
import { negotiate } from '../rpc/versions.js';

/** Messages that may wait while the server is being loaded. */
const WAITING_LIMIT = 1_000;

/** The parts of an `InitializeResult` that are known before there is a server. */
export interface Greeting {
  readonly serverInfo: Binding['info'];
  readonly capabilities: Readonly<Record<string, object>>;
  readonly instructions?: string;
}

/**
 * A binding that answers `initialize` itself, at once, and loads the real one meanwhile: most of a cold start is code that no
 * greeting needs. The real server then gets the handshake replayed, as in every exchange, and the messages in their order.
 */
export function lateBinding(greeting: Greeting, load: () => Promise<Binding>): Binding {
  return {
    info: greeting.serverInfo,
    keepsState: false,
    requiredScopes: () => [],
    async connect(transport, scope) {
      new Doorkeeper(transport, scope, greeting, load).attend();
    },
  };
}

/** Stands at one transport until the server is there. */
class Doorkeeper {
  private readonly waiting: [RpcMessage, MessageExtraInfo | undefined][] = [];
  private initialize: Readonly<Record<string, unknown>> | undefined;
  private loading = false;
  private closed = false;

  constructor(
    private readonly transport: Transport,
    private readonly scope: Scope,
    private readonly greeting: Greeting,
    private readonly load: () => Promise<Binding>,
  ) {}

  attend(): void {
    this.transport.onclose = () => (this.closed = true);
    this.transport.onmessage = (message, extra) => this.take(message as RpcMessage, extra);
  }

  private take(message: RpcMessage, extra?: MessageExtraInfo): void {
    if (isRequest(message) && message.method === 'initialize' && !this.initialize) {
      this.initialize = message.params ?? {};
      const protocolVersion = negotiate(message.params?.protocolVersion);
      this.send({ jsonrpc: '2.0', id: message.id, result: { protocolVersion, ...this.greeting } });
    } else if (this.waiting.length < WAITING_LIMIT) {
      this.waiting.push([message, extra]);
    } else if (isRequest(message)) {
      this.refuse(message.id, RPC.refused, `More than ${WAITING_LIMIT} messages wait for the server to start: send it again`);
    }
    if (this.loading) return;
    this.loading = true;
    // After the greeting has been written.
    setImmediate(() => void this.handOver());
  }

  private async handOver(): Promise<void> {
    try {
      const binding = await this.load();
      if (this.closed) return;
      // The server calls what it finds here before itself.
      this.transport.onmessage = undefined;
      this.transport.onclose = undefined;
      await binding.connect(this.transport, this.scope);
      if (this.initialize) replayInitialize(this.transport, this.initialize);
      for (const [message, extra] of this.waiting.splice(0)) deliver(this.transport, message, extra);
    } catch (error) {
      this.scope.logger.error({ err: error }, 'the server could not be started');
      for (const [message] of this.waiting.splice(0)) if (isRequest(message)) this.refuse(message.id, RPC.internalError, 'Internal error');
    }
  }

  private refuse(id: string | number, code: number, message: string): void {
    this.send(errorAnswer(id, { code, message }));
  }

  private send(message: object): void {
    this.transport.send(message as JSONRPCMessage).catch((error: unknown) => this.scope.logger.warn({ err: error }, 'an answer could not be sent'));
  }
}

function deliver(transport: Transport, message: RpcMessage, extra: MessageExtraInfo | undefined): void {
  transport.onmessage?.(message as JSONRPCMessage, extra);
}

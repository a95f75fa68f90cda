import type { Connection } from '../client/connection.js';
import type { Target } from '../client/target.js';

export interface Handshake {
  /** Of the server, in words: `mcp-calc 1.0.0`. */
  readonly server: string;
  /** The negotiated version of the protocol. */
  readonly protocol: string | undefined;
  /** Undefined where the server offers none. */
  readonly tools: readonly string[] | undefined;
  readonly transport: Connection['transport'];
  /** From the first byte to the list of tools. */
  readonly ms: number;
}

export interface HandshakeOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Connects, lists the tools, and leaves. The session is ended. Rejects with a `ClientError` and its hint. */
export async function shakeHands(target: Target, { timeoutMs, signal }: HandshakeOptions): Promise<Handshake> {
  const { connect } = await import('../client/connect.js');
  const started = performance.now();
  const connection = await connect(target, { timeoutMs, signal });
  try {
    const { client } = connection;
    const listed =
      client.getServerCapabilities()?.tools &&
      (await connection.request((made, options) => made.listTools({}, options), { signal }));
    const ms = Math.round(performance.now() - started);
    const { name = 'a server without a name', version = '' } = client.getServerVersion() ?? {};
    return {
      server: `${name} ${version}`.trim(),
      protocol: connection.protocolVersion,
      tools: listed?.tools.map((tool) => tool.name),
      transport: connection.transport,
      ms,
    };
  } finally {
    await connection.close();
  }
}

/** What a failed handshake advises, where it does. */
export function hintOf(error: unknown): string | undefined {
  return error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
}

/** `12 tools`, `no tools`. */
export function toolCount(tools: readonly string[] | undefined): string {
  const count = tools?.length ?? 0;
  return `${count === 0 ? 'no' : count} tool${count === 1 ? '' : 's'}`;
}

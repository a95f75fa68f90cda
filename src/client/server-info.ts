import type { Connection } from './connection.js';
import type { TransportKind } from './transports.js';

export interface ServerInfo {
  readonly server: { readonly name: string; readonly version: string; readonly title?: string } | undefined;
  readonly transport: TransportKind;
  /** The negotiated version. */
  readonly protocolVersion: string | undefined;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly instructions?: string;
}

/** What the server said in the handshake. */
export function describeServer(connection: Connection): ServerInfo {
  const { client } = connection;
  const instructions = client.getInstructions();
  return {
    server: client.getServerVersion(),
    transport: connection.transport,
    protocolVersion: connection.protocolVersion,
    capabilities: client.getServerCapabilities() ?? {},
    ...(instructions !== undefined && { instructions }),
  };
}

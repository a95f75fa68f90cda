/** JSON-RPC error codes that this server answers with (JSON-RPC 2.0, section 5.1, and the MCP specification's own). */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** Anything that the transport refuses. */
  refused: -32000,
  sessionNotFound: -32001,
  resourceNotFound: -32002,
  /** The modern era's own (2026-07-28, basic, "Error Codes"). */
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** Whether a code is one of those that a server of the legacy era chooses itself, which the modern era has no more. */
export function isTransportCode(code: number): boolean {
  return code <= RPC.refused && code > -32_020;
}

/** An error answer in the very words that the client gets: the SDK's `McpError` puts its code before the message. */
export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: Record<string, unknown>,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RpcError';
  }
}

/** The error answer to a request; the id is null where it could not be read (JSON-RPC 2.0, section 5). */
export function errorAnswer<Id extends string | number | null>(
  id: Id,
  { code, message, data }: Pick<RpcError, 'code' | 'message' | 'data'>,
) {
  return { jsonrpc: '2.0' as const, id, error: { code, message, ...(data && { data }) } };
}

/** What a request gets whose session store did not answer; the HTTP transport makes it a 503. */
export const STORE_UNAVAILABLE = 'Session store unavailable';

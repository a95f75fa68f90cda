import type { LogLevel } from '../../catalog/context.js';
import { META } from '../../rpc/era.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import type { RpcRequest } from '../../rpc/messages.js';
import { isObject } from '../../rpc/messages.js';
import { modernVersions } from '../../rpc/versions.js';
import { LOG_LEVELS } from '../log-levels.js';
import type { Params } from '../params.js';

/** What a request says of its client: all that is known of it (2026-07-28, basic, "_meta"). */
export interface Envelope {
  readonly protocolVersion: string;
  readonly capabilities: Params;
  /** As it came; nothing may depend on it. */
  readonly clientInfo?: unknown;
  /** Log messages are wanted from this level on; none without it (server/utilities/logging). */
  readonly logLevel?: LogLevel;
}

/** Characters of a version that an error repeats. */
const SHOWN_CHARACTERS = 40;

/** Reads the envelope of a request. Throws {@link RpcError} -32602 and names the keys that are missing or malformed. */
export function readEnvelope({ params }: RpcRequest): Envelope {
  const meta = isObject(params?._meta) ? params._meta : {};
  const { [META.protocolVersion]: protocolVersion, [META.clientCapabilities]: capabilities } = meta;
  const missing = [
    ...(typeof protocolVersion === 'string' ? [] : [`"${META.protocolVersion}" (a string)`]),
    ...(isObject(capabilities) ? [] : [`"${META.clientCapabilities}" (an object)`]),
  ];
  if (typeof protocolVersion !== 'string' || !isObject(capabilities)) {
    throw new RpcError(RPC.invalidParams, `Invalid params: params._meta must have ${missing.join(' and ')}`);
  }
  return {
    protocolVersion,
    capabilities,
    clientInfo: meta[META.clientInfo],
    logLevel: logLevelOf(meta[META.logLevel]),
  };
}

/** Throws {@link RpcError} -32022 for a version that is not served (basic/versioning). */
export function requireModernVersion({ protocolVersion }: Envelope): void {
  if (modernVersions.includes(protocolVersion)) return;
  throw unservedVersion(protocolVersion, modernVersions);
}

/** The refusal of a version: what is served, and what was asked for. */
export function unservedVersion(requested: string, supported: readonly string[], why = ''): RpcError {
  return new RpcError(RPC.unsupportedVersion, `Unsupported protocol version${why}`, {
    supported,
    requested: requested.slice(0, SHOWN_CHARACTERS),
  });
}

function logLevelOf(level: unknown): LogLevel | undefined {
  if (level === undefined) return undefined;
  if (LOG_LEVELS.includes(level as LogLevel)) return level as LogLevel;
  throw new RpcError(
    RPC.invalidParams,
    `Invalid params: params._meta["${META.logLevel}"] must be one of ${LOG_LEVELS.join(', ')}`,
  );
}

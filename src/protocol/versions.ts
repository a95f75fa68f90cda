import { LATEST_PROTOCOL_VERSION, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';

/** Protocol versions this server speaks, newest first. */
export const supportedVersions: readonly string[] = SUPPORTED_PROTOCOL_VERSIONS;

/** What `initialize` answers to a version it doesn't know (lifecycle, "Version Negotiation"). */
export const latestVersion: string = LATEST_PROTOCOL_VERSION;

/** What a request without `MCP-Protocol-Version` counts as (transports, "Protocol Version Header"). */
export const assumedVersion = '2025-03-26';

const supported = new Set(supportedVersions);

export function isSupported(version: string): boolean {
  return supported.has(version);
}

/** The version that a server answers to a client's wish. */
export function negotiate(wished: unknown): string {
  return typeof wished === 'string' && supported.has(wished) ? wished : latestVersion;
}

/** JSON-RPC batches: brought by 2025-03-26, taken back by 2025-06-18. Versions are dates, so their order is the text's. */
export function allowsBatches(version: string): boolean {
  return version <= assumedVersion;
}

/** Clients before 2025-11-25 trip over an event with an id and empty data (SEP-1699). */
export function allowsPriming(version: string): boolean {
  return version >= '2025-11-25';
}

/** What `initialize` answers to a version it doesn't know (lifecycle, "Version Negotiation"). */
export const latestVersion = '2025-11-25';

/** Protocol versions this server speaks, newest first: the SDK's, named here so that a greeting needs no SDK. */
export const supportedVersions: readonly string[] = [
  latestVersion,
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
];

/** What a request without `MCP-Protocol-Version` counts as (transports, "Protocol Version Header"). */
export const assumedVersion = '2025-03-26';

/** Protocol versions of the modern era that this server speaks, newest first: no handshake, no sessions. */
export const modernVersions: readonly string[] = ['2026-07-28'];

/** The first version of the modern era. */
const FIRST_MODERN = '2026-07-28';

/** Whether a version is one of the modern era's, spoken here or not. Versions are dates, so their order is the text's. */
export function isModern(version: string): boolean {
  return version >= FIRST_MODERN && /^\d{4}-\d\d-\d\d$/.test(version);
}

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

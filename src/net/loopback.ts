import { BlockList, isIP } from 'node:net';
import { unbracketed } from './addresses.js';

/** Names of this machine to itself, as a `Host` header, an `Origin` or a URL carries them. */
export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Those of them that may be an issuer without https: what the MCP SDK lets pass. */
export const ISSUER_NAMES: readonly string[] = ['localhost', '127.0.0.1'];

const addresses = new BlockList();
addresses.addSubnet('127.0.0.0', 8);
addresses.addAddress('::1', 'ipv6');

/**
 * Whether a host, as a URL has it or as one binds to it, is this machine and no other: `localhost` and the names below it
 * (RFC 6761 §6.3), 127.0.0.0/8, and `::1`, with or without brackets, and however they are written.
 */
export function isLoopback(host: string): boolean {
  const name = unbracketed(host);
  const version = isIP(name);
  if (version === 0) return /^(?:[^:/]+\.)?localhost\.?$/i.test(name);
  // An IPv4 address within an IPv6 one is checked as what it is.
  return addresses.check(name, version === 6 ? 'ipv6' : 'ipv4');
}

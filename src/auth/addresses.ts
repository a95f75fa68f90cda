import type { IncomingMessage } from 'node:http';
import { LOOPBACK_NAMES } from '../net/loopback.js';

/**
 * The addresses under which clients know a server: its base address, without a slash at the end, and on the loopback also
 * the other names of the same place. Clients compare the address that they were given with the one that the metadata
 * names, so a server at 127.0.0.1 must be `localhost` for who calls it so.
 */
export function addressesOf(baseUrl: string): string[] {
  const base = baseUrl.replace(/\/+$/, '');
  const { hostname, protocol } = new URL(base);
  if (protocol !== 'http:' || !LOOPBACK_NAMES.includes(hostname)) return [base];
  return [base, ...LOOPBACK_NAMES.filter((name) => name !== hostname).map((name) => base.replace(hostname, name))];
}

/** The one of these addresses that the request was sent to; the first where it is none of them. */
export function addressOf(addresses: readonly string[], req: IncomingMessage): string {
  const host = req.headers.host?.toLowerCase();
  return addresses.find((address) => address.split('/')[2] === host) ?? addresses[0] ?? '';
}

import express from 'express';
import { isIP } from 'node:net';
import type { Guard } from '../guard.js';

/** Express's `trust proxy`: true, a number of hops, or addresses, subnets and the names `loopback`, `linklocal`, `uniquelocal`. */
export type TrustProxy = boolean | number | string | readonly string[];

/** Addresses of `X-Forwarded-For` that are looked at, from the nearest. */
const MAX_HOPS = 32;

const MAPPED_IPV4 = '::ffff:';

/**
 * Finds out whom a request is from: the peer, or, where the peer is a trusted proxy, the address that it names in
 * `X-Forwarded-For`, and so on through every proxy that is trusted, up to what is no address. Throws a TypeError for an address that is none.
 */
export function clientAddress(trustProxy: TrustProxy = false): Guard {
  const trusted = compileTrust(trustProxy);
  return function clientAddress(req) {
    let address = req.socket.remoteAddress ?? '';
    const forwarded = trusted === undefined ? undefined : req.headers['x-forwarded-for'];
    if (trusted !== undefined && typeof forwarded === 'string') {
      const hops = forwarded.split(',').slice(-MAX_HOPS).reverse();
      for (const [hop, named] of hops.entries()) {
        const next = named.trim();
        if (!trusted(address, hop) || isIP(next) === 0) break;
        address = next;
      }
    }
    req.clientAddress = address.startsWith(MAPPED_IPV4) ? address.slice(MAPPED_IPV4.length) : address;
    return true;
  };
}

type Trusts = (address: string, hop: number) => boolean;

/** Express compiles the setting, so that `--trust-proxy` takes exactly what Express takes. */
function compileTrust(trustProxy: TrustProxy): Trusts | undefined {
  if (trustProxy === false) return undefined;
  const app = express();
  app.set('trust proxy', trustProxy);
  return app.get('trust proxy fn') as Trusts;
}

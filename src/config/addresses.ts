import { isIP } from 'node:net';
import { unbracketed } from '../net/addresses.js';
import { list, trimmed, inRange } from './kinds.js';
import type { Kind } from './kinds.js';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

function isHost(value: string): boolean {
  return isIP(value) !== 0 || HOST_NAME.test(value);
}

/** An address to bind to; `[::1]` may be written with its brackets. */
export function bindAddress(): Kind<string> {
  const { parse, allowed } = trimmed(isHost, 'a host name or an IP address');
  return { parse: (text) => parse(unbracketed(text.trim())), allowed };
}

/** Host names as a `Host` header has them, in lower case, IPv6 in brackets; without a port, any port will do. `*` allows all. */
export function hostList(): Kind<readonly string[]> {
  const parse = (item: string) => {
    const name = headerName(item.toLowerCase());
    return name === '*' || isHost(bareName(name)) ? name : undefined;
  };
  return list({ parse }, 'host names between commas, such as mcp.example.com, or *');
}

/** Origins (`https://app.example.com`), or names that stand for every scheme and port. `*` allows all. */
export function originList(): Kind<readonly string[]> {
  const parse = (text: string) => {
    const item = text.toLowerCase();
    return item === '*' || isOrigin(item) || isNamedHost(item) ? item : undefined;
  };
  return list({ parse }, 'origins between commas, such as https://app.example.com, or *');
}

const PROXY_WORDS = ['loopback', 'linklocal', 'uniquelocal'];

/** What Express calls `trust proxy`: false, a number of hops, or the addresses of the proxies. */
export function proxyTrust(): Kind<false | number | readonly string[]> {
  const addresses = list(
    trimmed((item) => PROXY_WORDS.includes(item) || isNetwork(item), ''),
    '',
  );
  const parse = (text: string) => {
    const value = text.trim();
    if (['false', 'off', 'no', '0'].includes(value.toLowerCase())) return false;
    return /^\d{1,2}$/.test(value) ? inRange(Number(value), 1, 10) : addresses.parse(value);
  };
  return {
    parse,
    allowed: 'a number of proxies from 1 to 10, their addresses or networks between commas, loopback, or off',
    bare: '1',
    show: (value) => (value === false ? 'off' : String(value)),
  };
}

/** `null` is what a sandboxed page has as its origin: everybody's. */
function isNamedHost(item: string): boolean {
  return item !== 'null' && isHost(bareName(item));
}

function headerName(value: string): string {
  return isIP(value) === 6 ? `[${value}]` : value;
}

/** Without the port, and without the brackets of an IPv6 address. */
function bareName(value: string): string {
  return unbracketed(value.replace(/(?<=^[^:]*|\]):\d{1,5}$/, ''));
}

function isOrigin(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

function isNetwork(value: string): boolean {
  const [address = '', bits, rest] = value.split('/');
  const version = isIP(address);
  if (version === 0 || rest !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

import { RPC, RpcError } from '../../rpc/errors.js';
import type { RpcRequest } from '../../rpc/messages.js';
import { isModern, isSupported } from '../../rpc/versions.js';
import type { Envelope } from './envelope.js';
import { argumentAt } from '../../rpc/param-headers.js';
import type { ParamHeader } from '../../rpc/param-headers.js';

/** A request's headers: names in lower case, values as they came. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Which of the params `Mcp-Name` repeats (2026-07-28, basic/transports/streamable-http, "Standard Request Headers"; SEP-2663). */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** Characters of a header or value that an error repeats. */
const SHOWN_CHARACTERS = 60;

/**
 * Throws {@link RpcError} -32020 where `MCP-Protocol-Version` is not what the envelope says. `lenient` forgives one pair that a large
 * client sends: a legacy version that is spoken here, over a modern envelope.
 */
export function requireVersionHeader(headers: Headers, { protocolVersion }: Envelope, lenient: boolean): void {
  const header = valueOf(headers, 'mcp-protocol-version');
  if (header === protocolVersion) return;
  const isForgivable = header !== undefined && isSupported(header) && isModern(protocolVersion);
  if (lenient && isForgivable) return;
  const error = mismatch('MCP-Protocol-Version', header, said(protocolVersion));
  throw isForgivable ? new ForgivableMismatchError(error) : error;
}

/** Throws {@link RpcError} -32020 where `Mcp-Method` or `Mcp-Name` is missing, or does not say what the body says. */
export function requireStandardHeaders(headers: Headers, { method, params }: RpcRequest): void {
  const named = valueOf(headers, 'mcp-method');
  if (named !== method) throw mismatch('Mcp-Method', named, said(method));
  const key = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  const name = key === undefined ? undefined : params?.[key];
  // What is no string is refused where the params are read.
  if (typeof name !== 'string') return;
  const header = valueOf(headers, 'mcp-name');
  if (header === undefined || decode('Mcp-Name', header) !== name) throw mismatch('Mcp-Name', header, said(name));
}

/** Throws {@link RpcError} -32020 where an `Mcp-Param-*` header does not say what its argument says. */
export function requireParamHeaders(headers: Headers, args: unknown, expected: readonly ParamHeader[]): void {
  for (const { header, path } of expected) {
    const value = argumentAt(args, path);
    const given = valueOf(headers, header);
    const shown = titled(header);
    const agrees = given === undefined ? value === undefined : value !== undefined && says(decode(shown, given), value);
    if (!agrees) {
      const argument = `the argument ${path.join('.')}`;
      throw mismatch(shown, given, value === undefined ? `${argument} is absent` : `${argument} has another value`);
    }
  }
}

/** Whether a decoded header says the value: integers are compared as numbers, all else as text. */
function says(header: string, value: unknown): boolean {
  if (typeof value === 'number') return /^-?\d+$/.test(header) && Number(header) === value;
  return header === (typeof value === 'string' ? value : JSON.stringify(value));
}

const SENTINEL = /^=\?base64\?(.*)\?=$/;
/** RFC 4648, 4, with its padding: a decoder that forgives would let two headers mean the same. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A mismatch that `lenient` would forgive: whoever runs the server is told so, and not the client. */
export class ForgivableMismatchError extends RpcError {
  constructor({ code, message }: RpcError) {
    super(code, message);
    this.name = 'ForgivableMismatchError';
  }
}

/** What a header may hold as it is (RFC 9110, 5.5, without obs-text). */
const PLAIN = /^[\t\x20-\x7e]*$/;

/** The value that a header stands for: as it is, or in base64 between `=?base64?` and `?=` ("Value Encoding"). */
function decode(name: string, header: string): string {
  if (!PLAIN.test(header)) throw unreadable(name, 'holds characters that must come in base64');
  const encoded = SENTINEL.exec(header)?.[1];
  if (encoded === undefined) return header;
  if (!BASE64.test(encoded)) throw unreadable(name, 'is not valid base64');
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable(name, 'is not UTF-8 in base64');
  }
}

/** A header's value, which comes without the blanks around it; one that came twice is none. */
function valueOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function mismatch(name: string, header: string | undefined, otherwise: string): RpcError {
  const says = header === undefined ? 'is missing' : `is '${header.slice(0, SHOWN_CHARACTERS)}'`;
  return new RpcError(RPC.headerMismatch, `Header mismatch: ${name} ${says}, ${otherwise}`);
}

function unreadable(name: string, what: string): RpcError {
  return new RpcError(RPC.headerMismatch, `Header mismatch: ${name} ${what}`);
}

function said(value: string): string {
  return `the body says '${value.slice(0, SHOWN_CHARACTERS)}'`;
}

function titled(header: string): string {
  return header.replace(/^mcp-param-/, 'Mcp-Param-');
}

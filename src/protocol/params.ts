import { RPC, RpcError } from '../rpc/errors.js';
import { isObject } from '../rpc/messages.js';

export type Params = Readonly<Record<string, unknown>>;

/** Characters of a value that an error repeats. */
const SHOWN_CHARACTERS = 40;

/** Entries of an object of strings. */
const ENTRIES_LIMIT = 1_000;

/** The string that the params must have. These readers throw {@link RpcError} -32602 with the path of what is wrong. */
export function stringIn(params: Params, name: string, path = name): string {
  const value = params[name];
  if (typeof value !== 'string') throw invalid(path, 'must be a string');
  return value;
}

/** Characters of a URI, wherever a client names one. */
export const URI_CHARACTERS = 2_000;

/** The URI that the params must have, of at most {@link URI_CHARACTERS}. */
export function uriIn(params: Params, name = 'uri', path = name): string {
  const uri = stringIn(params, name, path);
  if (uri.length > URI_CHARACTERS) throw invalid(path, `must have at most ${URI_CHARACTERS} characters`);
  return uri;
}

/**
 * Refuses a URI that is longer than {@link URI_CHARACTERS} where a request names one (`resources/…`, `completion/complete`),
 * for a server that reads its params itself. Throws {@link RpcError} -32602.
 */
export function requireShortUri({ uri, ref }: Params): void {
  if (typeof uri === 'string') uriIn({ uri });
  if (isObject(ref) && typeof ref.uri === 'string') uriIn(ref, 'uri', 'ref.uri');
}

export function objectIn(params: Params, name: string, path = name): Params {
  const value = params[name];
  if (!isObject(value)) throw invalid(path, 'must be an object');
  return value;
}

/** An object that may be left out; then it is empty. */
export function objectOrNone(params: Params, name: string, path = name): Params {
  return params[name] === undefined ? {} : objectIn(params, name, path);
}

/** Where a list goes on; absent for its first page. */
export function cursorIn(params: Params): string | undefined {
  return params.cursor === undefined ? undefined : stringIn(params, 'cursor');
}

/** An object of strings that may be left out; then it is empty. */
export function stringsOrNone(params: Params, name: string, path = name): Readonly<Record<string, string>> {
  const value = params[name];
  if (value === undefined) return {};
  if (!isObject(value)) throw invalid(path, 'must be an object');
  const keys = Object.keys(value);
  if (keys.length > ENTRIES_LIMIT) throw invalid(path, `must have at most ${ENTRIES_LIMIT} entries`);
  for (const key of keys) {
    if (typeof value[key] !== 'string') throw invalid(`${path}.${key.slice(0, SHOWN_CHARACTERS)}`, 'must be a string');
  }
  return value as Record<string, string>;
}

/** One of a few words. */
export function wordIn<W extends string>(params: Params, name: string, words: readonly W[], path = name): W {
  const value = params[name] as W;
  if (!words.includes(value)) throw invalid(path, `must be one of ${words.join(', ')}`);
  return value;
}

function invalid(path: string, what: string): RpcError {
  return new RpcError(RPC.invalidParams, `Invalid params: params.${path}: ${what}`);
}

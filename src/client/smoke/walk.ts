import { PAGES_PER_LIST } from '../lists.js';
import { ErrorAnswer } from '../errors.js';
import { RPC } from '../../rpc/errors.js';
import { isObject } from '../../rpc/messages.js';
import { expectError, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault, Skip, Warning } from './report.js';

const ITEMS = 10_000;

interface Walk {
  readonly group: string;
  readonly method: string;
  /** The member of the result that holds the items. */
  readonly key: string;
  /** The member of an item that must be unique. */
  readonly id: string;
  /** A server that has none need not know the method: no revision says that it comes with the capability. */
  readonly optional?: true;
}

/**
 * Follows a list to its end; resolves to the items, the duplicates left out. A list that is not what the schema says, or that has no
 * end, can't be used: a failure. Names SHOULD be unique (tools, "Tool Names"), and a URI or a prompt's name is told to be:
 * a warning. So is a list that is longer than this client follows it.
 */
export async function walkList(
  { connection, recorder, extras }: SmokeContext,
  { group, method, key, id, optional }: Walk,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let pages = 0;
  const walked = await recorder.check(
    group,
    `${method}: every page`,
    async () => {
      const seen = new Set<string>();
      let cursor: string | undefined;
      do {
        const params = cursor === undefined ? undefined : { cursor };
        const result = await rawRequest(connection, method, params, extras).catch((error: unknown) => {
          const isUnknown = error instanceof ErrorAnswer && error.rpcCode === RPC.methodNotFound;
          throw optional && isUnknown ? new Skip('the server does not know it') : error;
        });
        pages += 1;
        items.push(...itemsOf(result, key));
        cursor = cursorOf(result);
        if (cursor !== undefined && seen.has(cursor))
          throw new Fault(`the list never ends: the cursor "${cursor}" came again`);
        if (cursor !== undefined) seen.add(cursor);
        if (pages >= PAGES_PER_LIST || items.length > ITEMS)
          throw new Warning(`only ${items.length} items on ${pages} pages were looked at: there are more`);
      } while (cursor !== undefined);
      return true;
    },
    () => `${items.length} in ${pages} ${pages === 1 ? 'page' : 'pages'}`,
  );
  const unique = new Map(items.map((item) => [String(item[id]), item]));
  // A list that was not walked to its end has shown enough already.
  if (walked)
    await recorder.check(group, `${method}: unique ${id}`, () =>
      Promise.resolve(requireUnique(items.map((item) => String(item[id])))),
    );
  return [...unique.values()];
}

function requireUnique(names: readonly string[]): void {
  const seen = new Set<string>();
  const twice = new Set(names.filter((name) => seen.size === seen.add(name).size));
  if (twice.size > 0) throw new Warning(`listed more than once: ${[...twice].join(', ')}`);
}

/** A cursor that the server has not given SHOULD be refused (pagination, "Error Handling"), and the SDKs leave that to the author. */
export async function checkCursor(
  { connection, recorder, extras }: SmokeContext,
  group: string,
  method: string,
): Promise<void> {
  await recorder.check(group, `${method}: a made-up cursor is -32602`, () =>
    expectError(
      RPC.invalidParams,
      () => rawRequest(connection, method, { cursor: 'no-such-cursor-\u00e9' }, extras),
      () => Warning,
    ),
  );
}

function itemsOf(result: Record<string, unknown>, key: string): Record<string, unknown>[] {
  const found = result[key];
  if (!Array.isArray(found)) throw new Fault(`the result has no list "${key}"`);
  if (!found.every(isObject)) throw new Fault(`the list "${key}" holds something that is not an object`);
  return found;
}

function cursorOf({ nextCursor }: Record<string, unknown>): string | undefined {
  if (nextCursor !== undefined && typeof nextCursor !== 'string') throw new Fault('nextCursor is not a string');
  return nextCursor;
}

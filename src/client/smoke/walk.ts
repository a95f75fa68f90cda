import { PAGES_PER_LIST } from '../lists.js';
import { expectError, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault } from './report.js';
import { RPC } from '../../rpc/errors.js';

const ITEMS = 10_000;

interface Walk {
  readonly group: string;
  readonly method: string;
  /** The member of the result that holds the items. */
  readonly key: string;
  /** The member of an item that must be unique. */
  readonly id: string;
}

/** Follows a list to its end and checks the rules of cursors (pagination); resolves to the items, the duplicates left out. */
export async function walkList(
  { connection, recorder, extras }: SmokeContext,
  { group, method, key, id }: Walk,
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
        const result = await rawRequest(connection, method, cursor === undefined ? undefined : { cursor }, extras);
        pages += 1;
        items.push(...itemsOf(result, key));
        cursor = cursorOf(result);
        if (cursor !== undefined && seen.has(cursor))
          throw new Fault(`the list never ends: the cursor "${cursor}" came again`);
        if (cursor !== undefined) seen.add(cursor);
        if (pages >= PAGES_PER_LIST || items.length > ITEMS)
          throw new Fault(`the list has more than ${pages} pages, or ${ITEMS} items`);
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
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (twice.size > 0) throw new Fault(`listed more than once: ${[...twice].join(', ')}`);
}

/** A cursor that the server has not given is refused. */
export async function checkCursor(
  { connection, recorder, extras }: SmokeContext,
  group: string,
  method: string,
): Promise<void> {
  await recorder.check(group, `${method}: a made-up cursor is -32602`, () =>
    expectError([RPC.invalidParams], () => rawRequest(connection, method, { cursor: 'no-such-cursor-\u00e9' }, extras)),
  );
}

function itemsOf(result: Record<string, unknown>, key: string): Record<string, unknown>[] {
  const found = result[key];
  if (!Array.isArray(found)) throw new Fault(`the result has no list "${key}"`);
  return found.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
}

function cursorOf({ nextCursor }: Record<string, unknown>): string | undefined {
  if (nextCursor === undefined || nextCursor === null) return undefined;
  if (typeof nextCursor !== 'string') throw new Fault('nextCursor is not a string');
  return nextCursor;
}

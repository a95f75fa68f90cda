import { RPC, RpcError } from '../rpc/errors.js';

/** Items per page where the catalog names no size. */
export const DEFAULT_PAGE_SIZE = 50;

export interface Page<T> {
  items: readonly T[];
  nextCursor?: string;
}

/**
 * One page of a list whose order is stable. Cursors are opaque to clients (server/utilities/pagination): they
 * name the list and the position, so that a cursor of another list is refused. Throws {@link RpcError} -32602.
 * Of the same list, the same page is the same array, so that what is made of it can be kept.
 */
export function page<T>(list: string, items: readonly T[], cursor: string | undefined, size: number): Page<T> {
  const start = cursor === undefined ? 0 : positionOf(list, cursor, items.length);
  const end = start + size;
  return {
    items: start === 0 && end >= items.length ? items : sliced(items, start, size),
    ...(end < items.length && { nextCursor: btoa(`${list}:${end}`) }),
  };
}

const slices = new WeakMap<readonly unknown[], Map<number, readonly unknown[]>>();

function sliced<T>(items: readonly T[], start: number, size: number): readonly T[] {
  // A cursor that somebody made up may begin anywhere: those pages are not kept.
  if (start % size > 0) return items.slice(start, start + size);
  const kept = (slices.get(items) as Map<number, readonly T[]> | undefined) ?? new Map<number, readonly T[]>();
  slices.set(items, kept);
  const slice = kept.get(start) ?? items.slice(start, start + size);
  kept.set(start, slice);
  return slice;
}

function positionOf(list: string, cursor: string, length: number): number {
  const [name, position] = decoded(cursor).split(':');
  const index = /^\d{1,9}$/.test(position ?? '') ? Number(position) : NaN;
  if (name !== list || !(index < length)) {
    throw new RpcError(RPC.invalidParams, `Invalid cursor: it is not one that ${list} has given out`);
  }
  return index;
}

function decoded(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return ''; // not base64
  }
}

import type { ResolveHook } from 'node:module';
import type { MessagePort } from 'node:worker_threads';
import { isOfAuthor, MARK } from './author-files.js';

/** What the hooks are given when they are registered. */
export interface HookData {
  /** Is told the URL of every file of the author's that is asked for, also of one that is not there yet. */
  readonly port: MessagePort;
  /** The folder of this program. */
  readonly own: string;
}

/** At the end of what is loaded by name: which load it is of. */
const ASKED = new RegExp(`[?]${MARK}=(\\d{1,15})$`);

let data: HookData | undefined;
/** Of the last module that was loaded by name: what of the author's has no mark by itself, as CommonJS, belongs to it. */
let generation = '0';

// Node calls these on a thread of their own: this file is built by itself, and imported by nothing.

export function initialize(given: HookData): void {
  data = given;
}

/**
 * ES modules are kept for ever by their URL. Whatever a module imports gets the mark of the module, so that it is loaded anew with it;
 * packages and Node's own modules are shared by all.
 */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const { parentURL } = context;
  const asked = ASKED.exec(specifier)?.[1];
  if (asked !== undefined) generation = asked;
  else if (!isAuthors(parentURL)) return nextResolve(specifier, context);
  let resolved: Awaited<ReturnType<ResolveHook>>;
  try {
    resolved = await nextResolve(specifier, context);
  } catch (error) {
    const { url } = error as { url?: unknown };
    if (typeof url === 'string') tell(url);
    throw error;
  }
  if (!isAuthors(resolved.url)) return resolved;
  tell(resolved.url);
  const url = new URL(resolved.url);
  url.searchParams.set(MARK, asked ?? markOf(parentURL) ?? generation);
  return { ...resolved, url: url.href };
};

function markOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : (new URL(url).searchParams.get(MARK) ?? undefined);
}

function isAuthors(url: string | undefined): boolean {
  return url !== undefined && data !== undefined && isOfAuthor(url, data.own);
}

function tell(url: string): void {
  if (isAuthors(url)) data?.port.postMessage(url);
}

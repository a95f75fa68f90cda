import { META } from '../../../rpc/era.js';
import { RPC } from '../../../rpc/errors.js';
import { isObject } from '../../../rpc/messages.js';
import type { TraceListener } from '../../trace.js';

/** Results that say how long they may be kept (server/utilities/caching, "Cacheable Results"). */
const CACHEABLE: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);
/** The codes that the revision defines between -32020 and -32099, and those of older ones that it forbids (basic, "Error Codes"). */
const DEFINED: ReadonlySet<unknown> = new Set([
  RPC.headerMismatch,
  RPC.missingClientCapability,
  RPC.unsupportedVersion,
]);
const FORBIDDEN: ReadonlySet<unknown> = new Set([RPC.resourceNotFound, -32_042]);

/** What may be wrong with any message of the server. */
export type Flaw = 'type' | 'server' | 'cache' | 'scope' | 'request' | 'log' | 'code' | 'oldCode';

/** Looks at all that the server sends while it is tested, whatever it answers; keeps the first of each kind that is wrong. */
export class Observed {
  /** Results that were looked at. */
  results = 0;
  /** Whether a request has named a log level: what is logged from then on may be meant for it. */
  private wantsLog = false;
  private readonly asked = new Map<unknown, string>();
  private readonly flaws = new Map<Flaw, string>();
  private readonly scopes = new Map<string, unknown>();

  first(flaw: Flaw): string | undefined {
    return this.flaws.get(flaw);
  }

  readonly listen: TraceListener = (direction, message) => {
    if (!isObject(message)) return;
    const { id, method, params } = message;
    if (typeof method === 'string') {
      if (direction === 'sent') {
        if (id !== undefined) this.asked.set(id, method);
        this.wantsLog ||= isObject(params) && isObject(params._meta) && META.logLevel in params._meta;
      } else if (id !== undefined) this.note('request', method);
      else if (method === 'notifications/message' && !this.wantsLog) this.note('log', method);
      return;
    }
    const asked = this.asked.get(id);
    if (direction === 'sent' || asked === undefined) return;
    this.asked.delete(id);
    this.lookAt(asked, message);
  };

  private lookAt(method: string, { result, error }: Record<string, unknown>): void {
    if (isObject(error)) this.lookAtCode(method, error.code);
    if (!isObject(result)) return;
    this.results += 1;
    if (typeof result.resultType !== 'string') this.note('type', `${method} answers without one`);
    const meta = isObject(result._meta) ? result._meta : {};
    const server = meta[META.serverInfo];
    if (!isObject(server) || typeof server.name !== 'string' || typeof server.version !== 'string')
      this.note('server', `${method} answers without ${META.serverInfo} in its _meta`);
    if (CACHEABLE.has(method) && result.resultType !== 'input_required') this.lookAtHints(method, result);
  }

  private lookAtHints(method: string, { ttlMs, cacheScope }: Record<string, unknown>): void {
    if (!Number.isSafeInteger(ttlMs) || (ttlMs as number) < 0)
      this.note('cache', `${method} answers with ttlMs ${JSON.stringify(ttlMs)}`);
    if (cacheScope !== 'public' && cacheScope !== 'private')
      this.note('cache', `${method} answers with cacheScope ${JSON.stringify(cacheScope)}`);
    if (!method.endsWith('/list')) return;
    const before = this.scopes.get(method) ?? cacheScope;
    this.scopes.set(method, before);
    if (before !== cacheScope)
      this.note('scope', `${method} answers with ${JSON.stringify(before)} and ${JSON.stringify(cacheScope)}`);
  }

  private lookAtCode(method: string, code: unknown): void {
    const isReserved = typeof code === 'number' && code <= -32_020 && code >= -32_099;
    if (FORBIDDEN.has(code) || (isReserved && !DEFINED.has(code)))
      this.note('code', `${method} answers with ${String(code)}`);
    else if (typeof code === 'number' && code <= RPC.refused && code > -32_020)
      this.note('oldCode', `${method} answers with ${code}`);
  }

  private note(flaw: Flaw, words: string): void {
    if (!this.flaws.has(flaw)) this.flaws.set(flaw, words);
  }
}

import { authOf, refuseScopes } from '../../auth/host-caller.js';
import type { HostCaller } from '../../auth/caller.js';
import type { Catalog } from '../../catalog/define.js';
import { isCatalog } from '../../catalog/define.js';
import { sendError } from '../../http/errors.js';
import type { Guard } from '../../http/guard.js';
import { allowedHosts } from '../../http/middleware/allowed-hosts.js';
import { allowedOrigins, notCrossSite } from '../../http/middleware/allowed-origins.js';
import type { Logger } from '../../log.js';
import { forgiving } from '../../log/forgiving.js';
import { noMetrics } from '../../metrics/none.js';
import { ANY } from '../../net/authority.js';
import { serveCatalog } from '../../protocol/serve-catalog.js';
import type { Served } from '../../protocol/served.js';
import type { Era } from '../../rpc/era.js';
import type { Storage } from '../../sessions/contract.js';
import { fetchBodies, FetchRequest } from '../../transports/fetch/request.js';
import { FetchResponse } from '../../transports/fetch/response.js';
import { KeepAlive } from '../../transports/keep-alive.js';
import { streamableHttp } from '../../transports/streamable-http/index.js';
import type { StreamableHttpOptions } from '../../transports/streamable-http/index.js';
import { consoleLogger } from './console-logger.js';
import { lightValidator } from './validator.js';

/** How a fetch handler serves; times are milliseconds, sizes bytes. */
export interface FetchHandlerOptions {
  /** Which generations of the protocol are served: `both` where it is absent. */
  readonly era?: Era | 'both';
  /**
   * Where sessions are kept: yours, which passes the contract of `mcp-calc/testing`. Without one nothing is kept, and every request
   * stands alone.
   */
  readonly storage?: Storage;
  /** How long a session lives after its last use, which an open stream renews: what the storage has it. 30 minutes. */
  readonly sessionTtlMs?: number;
  /** Who calls, by a request that you have looked at; undefined for nobody, which is the default. */
  readonly caller?: (request: Request) => HostCaller | undefined | Promise<HostCaller | undefined>;
  /** Names that requests may be for, besides which none is answered; any where it is absent. Name them on a machine of your own. */
  readonly allowedHosts?: readonly string[];
  /** Names or origins of pages that may send requests beside those of the same origin; `*` for any. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Seals the state of open questions of the modern era, 32 characters or more; the first seals, all open. Where a question may be
   * answered at another instance than the one that asked it, all of them need the same. A random one where it is absent.
   */
  readonly stateKey?: string | readonly string[];
  /** How long a question of the modern era may stay open: 30 minutes. */
  readonly stateTtlMs?: number;
  /** 1 MiB. */
  readonly bodyLimit?: number;
  /** For how long a request may be worked on: 5 minutes; 0 for no limit. */
  readonly callTimeoutMs?: number;
  /** How long a call may run before its answer becomes a stream: 250. */
  readonly sseAfterMs?: number;
  /** Between two comments on an open stream: 15 seconds. */
  readonly keepAliveMs?: number;
  /** Forgives nothing that the specification forbids. */
  readonly strict?: boolean;
  /** Forgives an older `MCP-Protocol-Version` over a modern envelope, as some connectors send it. */
  readonly lenientHeaders?: boolean;
  /** Takes what is logged; the console gets what has gone wrong where it is absent. */
  readonly logger?: Logger;
}

/** What a platform gives along with a request. */
export interface FetchContext {
  /** Keeps the process until a promise has settled: that of the work on a request, which may outlast its answer. */
  waitUntil?(work: Promise<unknown>): void;
}

/** Answers a web request with a web response. Never rejects. */
export type FetchHandler = (request: Request, context?: FetchContext) => Promise<Response>;

const STATE_KEY_CHARACTERS = 32;
const MINUTE_MS = 60_000;

/** Nothing has to wait here: the platform shares out what it has among requests. */
const TURNS: StreamableHttpOptions['turns'] = {
  take: () => undefined,
  next: () => new Promise<void>((resolve) => setTimeout(resolve)),
};

/**
 * Makes a handler that serves a catalog over Streamable HTTP, in both eras of the protocol, by web standards alone: for Cloudflare
 * Workers, Vercel, Deno, Bun, and for Node. Nothing is read, opened or timed before the first request. Throws a TypeError for what is
 * no catalog and for a `stateKey` that is too short; a malformed schema is a 500 and a line in the log.
 * @example
 * const tool = defineTool({
 *   name: 'add',
 *   title: 'Add',
 *   description: 'Adds two numbers.',
 *   inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
 *   handler: ({ a, b }) => ({ content: [{ type: 'text', text: String(Number(a) + Number(b)) }] }),
 * });
 * const mcp = createFetchHandler(defineCatalog({ name: 'adder', version: '1.0.0', tools: [tool] }));
 * const worker = { fetch: (request: Request, _env: unknown, context: FetchContext) => mcp(request, context) };
 */
export function createFetchHandler(catalog: Catalog, options: FetchHandlerOptions = {}): FetchHandler {
  if (!isCatalog(catalog)) throw new TypeError('A catalog is what defineCatalog returns');
  const { storage, caller, strict = false } = options;
  const logger = forgiving(options.logger ?? consoleLogger);
  const secrets = secretsOf(options.stateKey);
  const metrics = noMetrics();
  const guards = guardsOf(options);
  let served: Promise<Served> | undefined;
  const started = performance.now();
  const compile = () =>
    serveCatalog(storage ? catalog : unchanging(catalog), {
      eras: options.era === undefined || options.era === 'both' ? ['legacy', 'modern'] : [options.era],
      lenientHeaders: options.lenientHeaders,
      figures: {
        uptime: () => (performance.now() - started) / 1_000,
        activeSessions: async () => storage?.sessions.count() ?? 0,
        calculations: () => metrics.calculations(),
      },
      metrics,
      loadValidator: async () => lightValidator,
      zod: { jitless: true },
      changes: storage?.changes,
      states: { secrets, ttlMs: options.stateTtlMs ?? 30 * MINUTE_MS, values: storage?.values },
    });
  let exchanges = 0;

  async function serve(req: FetchRequest, res: FetchResponse): Promise<void> {
    const work: Promise<void>[] = [];
    try {
      res.setHeader('X-Request-Id', req.requestId);
      for (const guard of guards) if (!guard(req as never, res as never)) return;
      const found = await caller?.(req.request);
      if (found) req.auth = authOf(found);
      // Made for each request: at the edge, neither a timer nor a stream of one may be touched by another.
      const transport = streamableHttp({
        served: await (served ??= compile()),
        storage,
        logger,
        metrics,
        strict,
        bodies: fetchBodies,
        turns: TURNS,
        keepAlive: new KeepAlive(options.keepAliveMs ?? MINUTE_MS / 4),
        sseAfterMs: options.sseAfterMs ?? 250,
        bodyLimit: options.bodyLimit ?? 1_048_576,
        callTimeoutMs: options.callTimeoutMs ?? 5 * MINUTE_MS,
        sessionTtlMs: options.sessionTtlMs ?? 30 * MINUTE_MS,
        refuseScopes,
        waitFor: (each) => void work.push(each),
        nextNumber: () => (exchanges += 1),
      });
      try {
        await transport.handle(req, res);
        await res.closed;
        await Promise.all(work);
      } finally {
        await transport.close();
      }
    } catch (error) {
      sendError(res, error, { logger });
    }
  }

  return (request, context) => {
    const req = new FetchRequest(request);
    const res = new FetchResponse(req);
    const work = serve(req, res);
    try {
      context?.waitUntil?.(work);
    } catch (error) {
      logger.warn(
        { requestId: req.requestId, err: error },
        'waitUntil has failed: the work may be ended with its answer',
      );
    }
    return res.answered;
  };
}

/** Without a storage nobody could be told of a change. */
function unchanging(catalog: Catalog): Catalog {
  const still = <T extends object>(entry: T) => ({ ...entry, changes: false });
  const { resources, resourceTemplates } = catalog;
  return { ...catalog, resources: resources.map(still), resourceTemplates: resourceTemplates.map(still) };
}

function secretsOf(given: string | readonly string[] | undefined): () => Promise<readonly string[]> {
  const keys = typeof given === 'string' ? [given] : given;
  if (keys?.some(({ length }) => length < STATE_KEY_CHARACTERS))
    throw new TypeError(`stateKey must have ${STATE_KEY_CHARACTERS} characters or more`);
  let own: string[] | undefined;
  return async () => keys ?? (own ??= [crypto.randomUUID() + crypto.randomUUID()]);
}

function guardsOf({ allowedHosts: hosts, allowedOrigins: origins = [] }: FetchHandlerOptions): Guard[] {
  return [allowedHosts(hosts ?? [ANY]), allowedOrigins(origins, { sameOrigin: true }), notCrossSite(origins)];
}

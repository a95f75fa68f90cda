import type { Catalog } from '../../src/catalog/define.js';
import { calculatorCatalog } from '../../src/calculator-catalog/index.js';
import type { AppOptions, Route } from '../../src/http/app.js';
import { createApp } from '../../src/http/app.js';
import { parsedBody, readBody } from '../../src/http/body.js';
import { listen } from '../../src/http/listen.js';
import { silentLogger } from '../../src/log.js';
import { LIMITS } from '../http/host.js';
import type { Metrics } from '../../src/metrics.js';
import { createMetrics } from '../../src/metrics.js';
import type { TasksOptions } from '../../src/protocol/modern/tasks/tasks.js';
import { Tasks } from '../../src/protocol/modern/tasks/tasks.js';
import type { ServeOptions } from '../../src/protocol/serve-catalog.js';
import { serveCatalog } from '../../src/protocol/serve-catalog.js';
import type { ServerFactory } from '../../src/protocol/hosted/sdk-server.js';
import { serveFactory } from '../../src/protocol/hosted/serve-factory.js';
import { loadSdk } from './sdk-copy.js';
import { ajvValidator } from '../../src/server/json-schema.js';
import type { Storage } from '../../src/sessions/contract.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { KeepAlive } from '../../src/transports/keep-alive.js';
import { sse } from '../../src/transports/sse.js';
import type { StreamableHttpOptions } from '../../src/transports/streamable-http/index.js';
import { streamableHttp } from '../../src/transports/streamable-http/index.js';
import type { Bodies } from '../../src/transports/read-request.js';
import { Turns } from '../../src/transports/turns.js';

export interface McpServerOptions {
  /** The calculator where it is absent. */
  offer?: Catalog | ServerFactory;
  /** In memory where it is absent; `none` for a stateless server. The caller closes what it passes in. */
  storage?: Storage | 'none';
  transport?: Partial<StreamableHttpOptions>;
  /** Which generations of the protocol are served, and how. */
  protocol?: Partial<ServeOptions>;
  tasks?: Partial<TasksOptions>;
  app?: Partial<AppOptions>;
  ttlMs?: number;
  maxSessions?: number;
  sendTimeoutMs?: number;
}

export interface McpServer {
  /** The Streamable HTTP endpoint. */
  readonly url: string;
  /** The legacy endpoint; only where there is storage. */
  readonly sseUrl: string;
  readonly origin: string;
  readonly storage: Storage | undefined;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/** A real server of every HTTP transport, in this process, on a port of its own. */
export async function startMcpServer(options: McpServerOptions = {}): Promise<McpServer> {
  const { ttlMs = 60_000, maxSessions = 100_000 } = options;
  const historyTtlMs = options.storage === 'none' ? undefined : ttlMs;
  const { offer = calculatorCatalog({ historyTtlMs }) } = options;
  const metrics = await createMetrics({ tools: [] });
  const given = options.storage;
  const own = given === undefined ? openMemoryStorage({ ttlMs, historyLimit: 50, maxSessions }) : undefined;
  const storage = given === 'none' ? undefined : (given ?? own);
  // What a stateless server keeps of open questions, and of who listens.
  const state = storage ?? openMemoryStorage({ ttlMs, historyLimit: 1, maxSessions: 1 });
  const tasks = new Tasks({ storage: state, afterMs: 50, ttlMs: 60_000, logger: silentLogger, ...options.tasks });
  const served =
    typeof offer === 'function'
      ? await serveFactory(offer, { changes: state.changes, loadSdk, ...options.protocol })
      : await serveCatalog(offer, {
          figures: {
            uptime: () => process.uptime(),
            activeSessions: async () => storage?.sessions.count() ?? 0,
            calculations: () => metrics.calculations(),
          },
          metrics,
          loadValidator: async () => ajvValidator,
          changes: state.changes,
          tasks,
          states: { secrets: async () => ['a key for the states of a test'], ttlMs: 60_000, values: state.values },
          ...options.protocol,
        });
  const shared = {
    served,
    metrics,
    logger: silentLogger,
    keepAlive: new KeepAlive(15_000),
    turns: new Turns(),
    bodies: { parsed: parsedBody, read: readBody } as Bodies,
    strict: false,
    sseAfterMs: 250,
    callTimeoutMs: 0,
    bodyLimit: 1_000_000,
    sessionTtlMs: ttlMs,
    ...options.transport,
  };
  const mcp = streamableHttp({ ...shared, ...(storage && { storage }) });
  const legacy = storage && sse({ ...shared, storage });
  const routes: Route[] = [{ path: '/mcp', handle: mcp.handle, secured: true }];
  if (legacy) {
    routes.push({ path: '/sse', handle: legacy.handleStream, secured: true });
    routes.push({ path: '/messages', handle: legacy.handleMessage, secured: true });
  }
  const app = createApp({ logger: silentLogger, metrics, routes, ...options.app });
  const listening = await listen(app, {
    port: 0,
    ...LIMITS,
    ...(options.sendTimeoutMs && { sendTimeoutMs: options.sendTimeoutMs }),
  });
  return {
    url: `${listening.url}/mcp`,
    sseUrl: `${listening.url}/sse`,
    origin: listening.url,
    storage,
    metrics,
    async close() {
      await Promise.all([mcp.close(), legacy?.close()]);
      await tasks.close();
      listening.destroy();
      await own?.close();
      if (state !== storage) await state.close();
    },
  };
}

import type { StdioConfig } from '../config/index.js';
import { noMetrics } from '../metrics.js';
import { openMemoryStorage } from '../sessions/memory/index.js';
import { serveStdio as serve } from '../transports/stdio.js';
import { lazyLogger } from './logger.js';
import { loadOffer, serveOffer } from './offer.js';

/** Serves stdin and stdout until stdin ends, or the process is told to stop. */
export async function serveStdio(config: StdioConfig): Promise<void> {
  const logger = lazyLogger(config.log);
  const { callTimeoutMs } = config;
  const metrics = noMetrics();
  // The session lives as long as the connection, however long nothing is said.
  const storage = openMemoryStorage({ ttlMs: Infinity, historyLimit: config.historyLimit, maxSessions: 1, logger });
  const served = await serveOffer(config, await loadOffer(config), metrics, storage);
  const stop = () => process.stdin.destroy();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await serve({ served, storage, input: process.stdin, output: process.stdout, logger, metrics, callTimeoutMs });
  await storage.close();
  await logger.settled();
}

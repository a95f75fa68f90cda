import { introduction } from '../calculator-catalog/introduction.js';
import type { StdioConfig } from '../config/index.js';
import { noMetrics } from '../metrics.js';
import * as packageInfo from '../package-info.js';
import type { Binding } from '../protocol/binding.js';
import { lateBinding } from '../protocol/late-binding.js';
import { openMemoryStorage } from '../sessions/memory/index.js';
import { serveStdio as serve } from '../transports/stdio.js';
import { lazyLogger } from './lazy-logger.js';
import { loggerOf } from './logger.js';
import { loadOffer, makeBinding } from './make-binding.js';

/** Serves stdin and stdout until stdin ends, or the process is told to stop. */
export async function serveStdio(config: StdioConfig): Promise<void> {
  const logger = lazyLogger(config.log, loggerOf);
  const metrics = noMetrics();
  // The session lives as long as the connection, however long nothing is said.
  const storage = openMemoryStorage({ ttlMs: Infinity, historyLimit: config.historyLimit, maxSessions: 1, logger });
  const bind = async () => makeBinding(config, await loadOffer(config), metrics, storage);
  const binding = await (isPlainCalculator(config) ? greetFirst(bind) : bind());
  const stop = () => process.stdin.destroy();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await serve({ binding, storage, input: process.stdin, output: process.stdout, logger, metrics });
  await storage.close();
  await logger.settled();
}

/** Only what is known to load may be loaded after the greeting: faults of a module or a name have to be told at start. */
function isPlainCalculator({ server, sampleToolName }: StdioConfig): boolean {
  return server === undefined && sampleToolName === undefined;
}

function greetFirst(bind: () => Promise<Binding>): Binding {
  const { title, capabilities, instructions } = introduction;
  const { name, version } = packageInfo;
  return lateBinding({ capabilities, serverInfo: { name, version, title }, instructions }, bind);
}

import { Console } from 'node:console';
import { setTimeout as delay } from 'node:timers/promises';
import type { StdioConfig } from '../config/index.js';
import { noMetrics } from '../metrics/none.js';
import { openMemoryStorage } from '../sessions/memory/index.js';
import { toldTo } from '../telemetry/metrics.js';
import { GRACE_MS, serveStdio as serve } from '../transports/stdio.js';
import { CrashedError, UnreadError } from './errors.js';
import { loggerOf } from './logger.js';
import { introduceOffer, serveModule, toolsOf, watchOffer } from './offer.js';
import { erasOf, stateOptions, tasksOf } from './protocol.js';
import { stopSignals } from './stop-signals.js';
import { openTelemetry } from './telemetry.js';
import { watchUncaught } from './uncaught.js';

/**
 * Histories that the clients of one process may open, beside the one of its legacy session. The modern era takes a process for no
 * conversation (2026-07-28, basic, "Statelessness"), so that over a pipe too a call names its history, which lives as long as the process.
 */
const HISTORIES = 1_000;
/** How much longer than what is in flight the end may take once it was asked for: nobody may read stdout, ms. */
const END_MARGIN_MS = 100;

/** Serves stdin and stdout until stdin ends, or the process is told to stop. Rejects with {@link CrashedError} and {@link UnreadError}. */
export async function serveStdio(config: StdioConfig): Promise<void> {
  const logger = await loggerOf(config.log);
  const { callTimeoutMs } = config;
  const otel = await openTelemetry(config.telemetry, logger);
  // The session lives as long as the connection, however long nothing is said.
  const storage = openMemoryStorage({
    ttlMs: Infinity,
    historyLimit: config.historyLimit,
    maxSessions: 1 + HISTORIES,
    logger,
  });
  const tasks = tasksOf(config, storage, false, logger);
  const { changes } = storage;
  const protocol = { eras: erasOf(config.era), states: stateOptions(config, storage, false), changes, tasks };
  // Stdout is for messages alone; an author's console.log would end the conversation.
  if (config.server !== undefined || otel) globalThis.console = new Console(process.stderr);
  const watched = await watchOffer(config);
  const offer = watched?.offer ?? (await introduceOffer(config, Infinity));
  const tools = 'load' in offer ? [] : toolsOf(offer).map(({ name }) => name);
  const metrics = otel ? toldTo(otel.api, noMetrics(), { tools, transport: 'pipe' }) : noMetrics();
  const served = await serveModule({ config, offer, watched, metrics, protocol, storage, logger });
  const uncaught = watchUncaught(logger);
  const { stop, hurry } = stopSignals();
  let told = false;
  const toStop = Promise.race([stop, uncaught.first]);
  const stopped = toStop.then(() => {
    told = true;
    return delay(GRACE_MS + END_MARGIN_MS, undefined, { signal: hurry }).catch(() => undefined);
  });
  const { stdin: input, stdout: output } = process;
  const serving = serve({
    served,
    storage,
    input,
    output,
    logger,
    metrics,
    telemetry: otel?.telemetry,
    callTimeoutMs,
    stop: toStop,
  });
  await Promise.race([serving, stopped]);
  watched?.close();
  await tasks?.close();
  await storage.close();
  await otel?.close();
  if (uncaught.happened) throw new CrashedError();
  if (told && output.writableLength > 0) throw new UnreadError();
}

import cluster from 'node:cluster';
import type { HttpConfig } from '../../config/index.js';
import { settings } from '../../config/index.js';
import type { Logger } from '../../log.js';
import type { OpenAddress } from '../console.js';
import { newConsoleToken, tellConsole } from '../console.js';
import { CrashedError, WorkersEndedError } from '../errors.js';
import { whereKept } from '../open-storage.js';
import { newStateKey } from '../protocol.js';
import { stopSignals } from '../stop-signals.js';
import { watchUncaught } from '../uncaught.js';
import { Crew, FAILURE } from './crew.js';

/** How much longer than its drain a worker may take to end before it is killed, ms. */
const STOP_MARGIN_MS = 5_000;

/**
 * Runs `config.workers` processes that share one port. Resolves when it was told to stop and all have ended; rejects
 * when the first can't start, or none can any more. This process serves no request itself.
 */
export async function runWorkers(config: HttpConfig, logger: Logger, open?: OpenAddress): Promise<void> {
  const { stop, hurry } = stopSignals();
  const uncaught = watchUncaught(logger);
  // The kernel gives a connection to a worker that is free. Were the primary to share them out, one that is on its way to
  // a worker that dies would be lost in silence: its client would wait for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const crew = new Crew(logger, await clusterMetrics(logger), sharedEnvironment(config));
  // The first one alone: what keeps it from starting is said once, and ends the command with its exit code.
  const first = await Promise.race([crew.first(), stop, uncaught.first]);
  if (first) {
    const { url, console } = first;
    crew.complete(config.workers - 1);
    for (const warning of config.warnings) logger.warn({}, warning);
    const pattern = config.stateful ? `stateful, sessions ${whereKept(config.redis)}` : 'stateless';
    logger.info(
      { url: `${url}/mcp`, pattern, workers: config.workers },
      `listening on ${url}/mcp (${pattern}, ${config.workers} workers)`,
    );
    if (console !== undefined) tellConsole(config, console, logger, open);
    await Promise.race([stop, uncaught.first, crew.failed]);
  }
  const endedWell = await crew.stop(hurry, config.drainDelayMs + config.drainTimeoutMs + STOP_MARGIN_MS);
  if (uncaught.happened) throw new CrashedError();
  if (!endedWell) throw new WorkersEndedError(FAILURE);
}

/**
 * Without a store or a key in common, this process makes the key with which all workers open the states of one another, and the
 * token that opens the console on all of them.
 */
function sharedEnvironment({ redis, stateKey, console }: HttpConfig): Record<string, string> {
  if (redis) return {};
  return {
    ...(!stateKey && { [settings.stateKey.env]: newStateKey() }),
    ...(console && console.token === undefined && { [settings.consoleToken.env]: newConsoleToken() }),
  };
}

/** Asks all workers for their metrics and adds them up; to undefined where one does not answer. */
async function clusterMetrics(logger: Logger): Promise<() => Promise<string | undefined>> {
  const { default: client } = await import('prom-client');
  const registry = new client.AggregatorRegistry();
  return () =>
    registry.clusterMetrics().catch((error: unknown) => {
      logger.warn({ err: error }, 'the metrics of the workers could not be had');
      return undefined;
    });
}

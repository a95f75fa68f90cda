import cluster from 'node:cluster';
import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import { STOP_SIGNALS } from '../stop-signals.js';
import type { StopSignals } from '../stop-signals.js';
import type { FromPrimary, FromWorker } from './messages.js';
import { BEAT_MS, readMessage } from './messages.js';
import { endWithParent } from './watchdog.js';

/** One process of several on one port, and its line to the primary. */
export interface Worker {
  readonly signals: StopSignals;
  /** Says that this worker serves, and where its console is opened. */
  listening(url: string, console?: string): void;
  /** Metrics that show those of all workers together, whichever of them is asked. */
  together(metrics: Metrics): Metrics;
}

/** This process as a worker; undefined where it is the primary. */
export function asWorker(logger: Logger): Worker | undefined {
  if (!cluster.isWorker) return undefined;
  endWithParent(logger);
  // Where the primary is gone, this process will be soon.
  const say = (message: FromWorker) => void process.send?.(message, undefined, undefined, () => undefined);
  const asking = new Map<number, (text: string | undefined) => void>();
  let asked = 0;
  process.on('message', (received) => {
    const message = readMessage<FromPrimary>(received);
    if (message?.kind !== 'metrics') return;
    asking.get(message.ask)?.(message.text);
    asking.delete(message.ask);
  });
  const ask = () =>
    new Promise<string | undefined>((resolve) => {
      asking.set((asked += 1), resolve);
      say({ kind: 'metrics', ask: asked });
    });
  return {
    signals: workerSignals(),
    listening(url, console) {
      say({ kind: 'listening', url, ...(console !== undefined && { console }) });
      setInterval(() => say({ kind: 'alive' }), BEAT_MS).unref();
    },
    together: (metrics) => ({
      ...metrics,
      async render() {
        const [{ contentType }, text] = await Promise.all([metrics.render(), ask()]);
        if (text === undefined) throw new Error('A worker did not tell its metrics');
        return { contentType, text };
      },
    }),
  };
}

/**
 * The primary says when to stop, and when to hurry. A signal stops this process too, when it is the only one to get it;
 * a second one says nothing new: terminals and init systems signal the whole group.
 */
function workerSignals(): StopSignals {
  const hurry = new AbortController();
  const stop = new Promise<void>((resolve) => {
    for (const signal of STOP_SIGNALS) process.on(signal, () => resolve());
    process.on('message', (received) => {
      const kind = readMessage<FromPrimary>(received)?.kind;
      if (kind === 'hurry') hurry.abort();
      if (kind === 'stop') resolve();
    });
  });
  return { stop, hurry: hurry.signal };
}

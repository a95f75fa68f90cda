import os from 'node:os';
import { within } from '../../net/time-limit.js';
import { version } from '../../package-info.js';
import type { Route } from '../app.js';
import { sendJson } from '../send.js';
import { readOnlyRoute } from './read-only.js';

/** How long a probe waits for the storage. */
const STORAGE_WAIT_MS = 2_000;

/** What `/readyz` can say. docs/runbook.md tells what each means. */
export const READINESS = ['ready', 'draining', 'unavailable'] as const;

/** What the probes ask. */
export interface HealthSource {
  pattern: 'stateful' | 'stateless';
  storageMode: 'in-memory' | 'redis';
  /** The state of the connection to the storage, found without waiting: `ready` … */
  storageStatus(): string;
  /** Rejects when the storage doesn't answer. */
  ping(): Promise<void>;
  /** Whether the server is about to stop. */
  draining(): boolean;
  /** For `/health/detailed`; each part is shown as it is. A part that can't be had is left out. */
  figures?(): Promise<HealthFigures>;
}

export interface HealthFigures {
  /** What is mounted: name, path … */
  transports?: unknown;
  /** How many are open, and the like. */
  sessions?: unknown;
  /** The bounds in force. */
  limits?: unknown;
}

/**
 * `/health` and `/health/detailed` for people, `/livez` and `/readyz` for orchestrators. Alive is who answers at all, so
 * that an outage of Redis restarts nothing; ready is whose storage answers and who isn't about to stop.
 */
export function healthRoutes(source: HealthSource): Route[] {
  const answers = storageProbe(source);
  return [
    readOnlyRoute('/health', async (_req, res) => {
      const healthy = await answers();
      sendJson(res, healthy ? 200 : 503, summary(source, healthy));
    }),
    readOnlyRoute(
      '/health/detailed',
      async (_req, res) => {
        const [healthy, figures] = await Promise.all([answers(), inTime(source.figures?.())]);
        sendJson(res, healthy ? 200 : 503, { ...summary(source, healthy), ...machine(), ...figures });
      },
      { secured: true },
    ),
    readOnlyRoute('/livez', async (_req, res) => sendJson(res, 200, { status: 'alive' }), { probe: true }),
    readOnlyRoute(
      '/readyz',
      async (_req, res) => {
        const status: (typeof READINESS)[number] = source.draining()
          ? 'draining'
          : (await answers())
            ? 'ready'
            : 'unavailable';
        sendJson(res, status === 'ready' ? 200 : 503, { status });
      },
      { probe: true },
    ),
  ];
}

/** Probes that come together share one question: a storage that hangs must not collect them. */
function storageProbe(source: HealthSource): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined;
  return () => {
    asking ??= inTime(
      Promise.resolve()
        .then(() => source.ping())
        .then(() => true),
    ).then((answered) => {
      asking = undefined;
      return answered === true;
    });
    return asking;
  };
}

/** What a promise resolves to; undefined where it rejects or takes longer than a probe may. */
function inTime<T>(promise: Promise<T> | undefined): Promise<T | undefined> {
  return within(
    Promise.resolve(promise).catch(() => undefined),
    STORAGE_WAIT_MS,
    () => undefined,
  );
}

function summary(source: HealthSource, healthy: boolean) {
  return {
    status: healthy ? 'healthy' : 'unhealthy',
    timestamp: new Date().toISOString(),
    uptime: process.uptime(),
    version,
    pattern: source.pattern,
    storageMode: source.storageMode,
    ...(source.storageMode === 'redis'
      ? { redis: healthy ? source.storageStatus() : notReady(source.storageStatus()) }
      : {}),
    memory: process.memoryUsage(),
  };
}

/** A Redis that hangs keeps its connection, whose state is `ready`; the probe knows better. */
function notReady(status: string): string {
  return status === 'ready' ? 'unavailable' : status;
}

function machine() {
  return {
    system: {
      platform: os.platform(),
      arch: os.arch(),
      cpus: os.availableParallelism(),
      loadAverage: os.loadavg(),
      memory: { total: os.totalmem(), free: os.freemem() },
    },
    node: { version: process.version, pid: process.pid },
  };
}

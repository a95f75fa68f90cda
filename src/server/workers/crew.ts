import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../log.js';
import { WorkersEndedError } from '../errors.js';
import type { FromPrimary, FromWorker } from './messages.js';
import { BEAT_MS, readMessage } from './messages.js';
import { Restarts } from './restarts.js';

/** The exit code where no worker has one of its own. */
export const FAILURE = 1;

/** After so many beats that are missing, the event loop of a worker stands still: nothing but an end can move it. */
const MISSED_BEATS = 10;

/** The worker processes: starts them, replaces those that end, ends them all. */
export class Crew {
  private readonly alive = new Set<Worker>();
  private readonly restarts = new Restarts();
  private replacing = false;
  /** What all workers were told. */
  private readonly told: ('stop' | 'hurry')[] = [];
  private endedWell = true;
  private fail: (error: WorkersEndedError) => void = () => undefined;
  /** Rejects when no worker is left and starting another is of no use. */
  readonly failed = new Promise<never>((_resolve, reject) => (this.fail = reject));

  constructor(
    private readonly logger: Logger,
    /** Answers a worker that asks for the metrics of all. */
    private readonly metrics: () => Promise<string | undefined>,
    /** What all workers are to know beside the environment of this process. */
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    this.failed.catch(() => undefined);
  }

  /** Starts the first worker; resolves to what it says when it serves. Rejects with its exit code when it ends instead. */
  first(): Promise<Extract<FromWorker, { kind: 'listening' }>> {
    const worker = this.start();
    return new Promise((resolve, reject) => {
      worker.on('message', (received) => {
        const message = readMessage<FromWorker>(received);
        if (message?.kind === 'listening') resolve(message);
      });
      worker.on('exit', (code) => reject(new WorkersEndedError(code || FAILURE)));
    });
  }

  /** Starts as many more, and replaces from now on those that end. */
  complete(more: number): void {
    this.replacing = true;
    for (let count = 0; count < more; count += 1) this.start();
  }

  /** Lets every worker finish what is in flight; kills those that still run after `limitMs`. False when one ended badly. */
  async stop(hurry: AbortSignal, limitMs: number): Promise<boolean> {
    this.replacing = false;
    const ended = Promise.all([...this.alive].map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
    this.tellAll('stop');
    if (hurry.aborted) this.tellAll('hurry');
    hurry.addEventListener('abort', () => this.tellAll('hurry'));
    const over = new AbortController();
    const late = delay(limitMs, undefined, { signal: over.signal }).then(() => {
      for (const worker of this.alive) worker.process.kill('SIGKILL');
    });
    late.catch(() => undefined);
    await ended;
    over.abort();
    return this.endedWell;
  }

  private start(): Worker {
    const worker = cluster.fork(this.environment);
    const started = performance.now();
    this.alive.add(worker);
    this.watch(worker);
    // A message to a worker that is just dying; its end is told as well.
    worker.on('error', (error) => this.logger.debug({ err: error }, 'a worker could not be told'));
    worker.on('message', (received) => {
      const message = readMessage<FromWorker>(received);
      // One that was still starting may have missed it.
      if (message?.kind === 'listening') for (const kind of this.told) this.tell(worker, { kind });
      if (message?.kind !== 'metrics') return;
      void this.metrics().then((text) =>
        this.tell(worker, { kind: 'metrics', ask: message.ask, ...(text !== undefined && { text }) }),
      );
    });
    worker.on('exit', (code, signal) => {
      this.alive.delete(worker);
      if (this.replacing) this.replace(performance.now() - started, { pid: worker.process.pid, code, signal });
      else if (code !== 0) this.endedWell = false;
    });
    return worker;
  }

  /**
   * Kills a worker that serves and says no more that it lives. Counted in beats of this process: one that was stopped itself for
   * a while has not heard them either.
   */
  private watch(worker: Worker): void {
    let missed = 0;
    let looking: NodeJS.Timeout | undefined;
    worker.on('message', (received) => {
      missed = 0;
      if (readMessage<FromWorker>(received)?.kind === 'listening') looking = setInterval(look, BEAT_MS);
    });
    worker.on('exit', () => clearInterval(looking));
    const look = () => {
      missed += 1;
      if (missed !== MISSED_BEATS) return;
      const { pid } = worker.process;
      this.logger.error({ pid, silentMs: missed * BEAT_MS }, 'the event loop of a worker stands still: it is killed');
      worker.process.kill('SIGKILL');
    };
  }

  private replace(livedMs: number, ended: object): void {
    const pauseMs = this.restarts.pauseAfter(livedMs);
    if (pauseMs === undefined) {
      this.logger.error(ended, 'a worker has ended, as those before it: it is not replaced any more');
      if (this.alive.size === 0) this.fail(new WorkersEndedError(FAILURE));
      return;
    }
    this.logger.warn({ ...ended, pauseMs }, 'a worker has ended: it is replaced');
    setTimeout(() => this.replacing && this.start(), pauseMs);
  }

  private tellAll(kind: 'stop' | 'hurry'): void {
    this.told.push(kind);
    for (const worker of this.alive) this.tell(worker, { kind });
  }

  private tell(worker: Worker, message: FromPrimary): void {
    if (worker.isConnected()) worker.send(message);
  }
}

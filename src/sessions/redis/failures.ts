import { DeadlineError } from '../../net/time-limit.js';
import { StoreUnavailableError } from '../errors.js';
import type { FailureKind, RedisStorageOptions } from './options.js';
import { NEWER_RECORD } from './record-version.js';

/** Characters of what Redis said that a log line repeats. */
const REASON_LENGTH = 200;

/** Too few replicas have acknowledged a write within `REPLICAS_WAIT_MS`. It may be kept, and it may be lost in a failover. */
export class UnconfirmedError extends Error {
  readonly code = 'UNCONFIRMED';
  constructor(had: number, wanted: number) {
    super(`${had} of ${wanted} replicas have acknowledged a write in time (--redis-wait)`);
    this.name = 'UnconfirmedError';
  }
}

export function kindOf(error: unknown): FailureKind {
  const cause = causeOf(error);
  if (cause instanceof DeadlineError) return 'timeout';
  return cause instanceof Error && /^(Reply|Unconfirmed)Error$/.test(cause.name) ? 'reply' : 'connection';
}

/** Whether Redis answered, and would not: NOREPLICAS, NOPERM, OOM, MISCONF … */
export function isRefusal(error: unknown): boolean {
  return kindOf(error) === 'reply';
}

/** What a refusal begins with, such as `OOM`; empty for what is none. */
export function refusalCode(error: unknown): string {
  return isRefusal(error) ? (/\b[A-Z]{3,}\b/.exec(reasonOf(error))?.[0] ?? '-') : '';
}

/** What was said, without the script that it was said to. */
export function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  const said = cause instanceof Error ? cause.message : String(cause);
  return said.replace(/\s*script: [0-9a-f]{40}.*$/s, '').slice(0, REASON_LENGTH);
}

function causeOf(error: unknown): unknown {
  return error instanceof StoreUnavailableError ? error.cause : error;
}

/** How often a refusal of one kind is told, ms. */
const TELL_EVERY_MS = 60_000;

/**
 * What is done with every command that failed. What Redis refuses while it serves is told at `warn`: the beat may go
 * through all the same.
 */
export function failureNotes(
  { logger, onError }: Pick<RedisStorageOptions, 'logger' | 'onError'>,
  isServing: () => boolean,
): (kind: FailureKind, error: unknown) => void {
  let told = '';
  let toldAt = -Infinity;
  return (kind, error) => {
    onError?.(kind);
    const code = refusalCode(error);
    const now = performance.now();
    // A record of a newer version is told of where it is met.
    if (code === '' || code === NEWER_RECORD || !isServing() || (code === told && now - toldAt < TELL_EVERY_MS)) {
      logger?.debug({ err: error, kind }, 'A Redis command failed');
      return;
    }
    [told, toldAt] = [code, now];
    const reason = reasonOf(error);
    logger?.warn({ reason, kind }, `Redis refused a command: ${reason}`);
  };
}

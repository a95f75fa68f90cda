import type { Logger } from '../../log.js';
import { StoreUnavailableError } from '../errors.js';

/**
 * The version of all that a session keeps in Redis, as its record says it in `v`, and of each value, in its `recordVersion`. It is
 * that of 1.0.0, whose nodes serve the same Redis while a fleet is upgraded: a build that writes what an older one would
 * misread counts it up.
 */
export const RECORD_VERSION = '1';
/** What a script's error begins with that found a newer one. */
export const NEWER_RECORD = 'NEWERRECORD';

/** The error as it is for callers: a newer record is there, but not for this node, which says so in the log. */
export function noteNewerRecord(error: unknown, logger: Logger | undefined): unknown {
  const found = new RegExp(`${NEWER_RECORD} (\\S+)`).exec(((error as Error).cause as Error | undefined)?.message ?? '');
  if (found) warnOfNewer(found[1] as string, logger);
  return error;
}

/** {@link StoreUnavailableError}: no answer of this node's would be right. */
export function newerRecord(version: string, logger: Logger | undefined): StoreUnavailableError {
  warnOfNewer(version, logger);
  return new StoreUnavailableError(new Error(`${NEWER_RECORD} ${version}`));
}

function warnOfNewer(version: string, logger: Logger | undefined): void {
  logger?.warn(
    { version: version.slice(0, 20), known: RECORD_VERSION },
    'Redis holds a record of a newer version than this node knows: upgrade this node',
  );
}

import type { HistoryEntry, SessionRecord } from './contract.js';
import { TooLongError } from './errors.js';
import { HISTORY_ENTRY_BYTES, INITIALIZE_BYTES } from './limits.js';

/** Refuses what is longer than a session may keep, alike in every storage. Throws {@link TooLongError}. */
export function requireInitializeFits(initialize: SessionRecord['initialize'] | undefined): void {
  if (initialize !== undefined && Buffer.byteLength(initialize) > INITIALIZE_BYTES)
    throw new TooLongError('The initialize params of a session', INITIALIZE_BYTES);
}

/** The entry as it is stored. Throws {@link TooLongError}. */
export function historyText(entry: HistoryEntry): string {
  const text = JSON.stringify(entry);
  if (Buffer.byteLength(text) > HISTORY_ENTRY_BYTES) throw new TooLongError('A calculation', HISTORY_ENTRY_BYTES);
  return text;
}

let written = { at: NaN, text: '' };

/** A time in ms since the epoch as ISO 8601. To write a date costs more than all else about a log line: once a millisecond is enough. */
export function isoTime(at: number): string {
  if (at !== written.at) written = { at, text: new Date(at).toISOString() };
  return written.text;
}

import { afterEach } from 'vitest';

/** For one file of tests: what is handed to the function is closed after the test, the last first, and handed back. */
export function closingLater(): <T extends { close(): Promise<unknown> }>(what: T) => T {
  const closing: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const each of closing.splice(0)) await each.close();
  });
  return (what) => {
    closing.unshift(what);
    return what;
  };
}

import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { checks } from '../../src/doctor/index.js';

it('the list names every check of the folder, each by the name of its file', async () => {
  const files = await readdir(new URL('../../src/doctor/checks/', import.meta.url));
  const named = files.filter((file) => file !== 'index.ts').map((file) => file.replace(/\.ts$/, ''));
  expect(checks.map(({ id }) => id).sort()).toEqual(named.sort());
});

it('every check has a short title and a bound of at most 30 s', () => {
  for (const { title, timeoutMs } of checks) {
    expect(title.length).toBeLessThanOrEqual(13);
    expect(timeoutMs).toBeGreaterThan(0);
    expect(timeoutMs).toBeLessThanOrEqual(30_000);
  }
});

it('a check that waits for another one stands after it', () => {
  const ids = checks.map(({ id }) => id);
  for (const [index, { after }] of checks.entries()) {
    if (after !== undefined) expect(ids.slice(0, index)).toContain(after);
  }
});

import { describe, test } from 'vitest';
import type { Subject } from '../../src/testing.js';
import { storageContract as casesOf } from '../../src/testing.js';

/** Holds one implementation to every sentence of src/sessions/contract.ts, by the very cases that the package exports. */
export function storageContract(name: string, subject: Subject): void {
  describe(`Storage in ${name}`, () => {
    for (const each of casesOf(subject)) test(each.name, each.run);
  });
}

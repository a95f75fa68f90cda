import { afterAll, beforeAll, describe, it } from 'vitest';
import { ATTACKS, WAYS, fits, startHostileServer } from './attacks.js';
import type { Era, HostileServer } from './attacks.js';

/** Declares the tests of every attack over every transport of an era: a file for each era, so that two run beside each other. */
export function playAttacks(era: Era): void {
  let server: HostileServer;
  beforeAll(async () => {
    server = await startHostileServer();
  });
  afterAll(() => server.close());

  describe.each(WAYS.filter(([, spoken]) => spoken === era))('over %s in the %s era', (...how) => {
    it.each(ATTACKS.filter((attack) => fits(attack, how)).map((attack) => [attack.name, attack] as const))(
      '%s ends in time, with what it may hold, and in one clear line',
      async (_name, attack) => void (await server.play(attack, how)),
    );
  });
}

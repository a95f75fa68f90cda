import { afterAll, beforeAll, describe, it } from 'vitest';
import { ATTACKS, WAYS, fits, startHostileServer } from './attacks.js';
import type { HostileServer } from './attacks.js';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.close());

describe.each(WAYS)('over %s in the %s era', (...how) => {
  it.each(ATTACKS.filter((attack) => fits(attack, how)).map((attack) => [attack.name, attack] as const))(
    '%s ends in time, with what it may hold, and in one clear line',
    async (_name, attack) => void (await server.play(attack, how)),
  );
});

import { randomUUID } from 'node:crypto';
import type { Calculation, History } from '../catalog/context.js';
import type { Metrics } from '../metrics.js';
import { SessionEndedError } from './session-ended.js';
import type { Scope } from './scope.js';

/** Calculations that a look into the history reads at most: no store keeps more than `--history-limit` allows. */
const HISTORY_READ_LIMIT = 10_000;

/** The history of the scope's session; without a session it only counts. */
export function historyOf(scope: Scope, metrics: Metrics): History {
  return {
    async add(calculation) {
      const { record, storage } = scope;
      let id: string | undefined;
      if (record && storage) {
        id = randomUUID();
        const count = await storage.sessions.appendHistory(record.id, { ...calculation, id });
        // The session may end between the load of the exchange and now: nothing is acknowledged that is not kept.
        if (count === undefined) throw new SessionEndedError();
        scope.record = { ...record, calculationCount: count };
      }
      metrics.calculation(calculation.operation);
      return id;
    },
    list: (limit = HISTORY_READ_LIMIT) => read(scope, limit),
    find: async (id) => (await read(scope, HISTORY_READ_LIMIT)).find((calculation) => calculation.id === id),
  };
}

async function read({ record, storage }: Scope, limit: number): Promise<Calculation[]> {
  if (!record || !storage) return [];
  return (await storage.sessions.history(record.id, limit)) as unknown as Calculation[];
}

import type { Calculation, History, NewCalculation } from '../catalog/context.js';
import { ToolError } from '../catalog/errors.js';
import type { Metrics } from '../metrics.js';
import { forgettable, SessionEndedError } from './errors.js';
import type { Facts } from './served.js';
import { TooLongError } from '../sessions/errors.js';

/** Calculations that a look into the history reads at most: no store keeps more than `--history-limit` allows. */
const HISTORY_READ_LIMIT = 10_000;

/** The history of the exchange's session; without a session it only counts. */
export function historyOf(facts: Facts, metrics: Metrics): History {
  const read = async (limit: number): Promise<Calculation[]> => {
    const { record, storage } = facts;
    if (!record || !storage) return [];
    return (await storage.sessions.history(record.id, limit)) as unknown as Calculation[];
  };
  const add = async (calculation: NewCalculation): Promise<string | undefined> => {
    const { record, storage } = facts;
    let id: string | undefined;
    if (record && storage) {
      id = crypto.randomUUID();
      const count = await storage.sessions.appendHistory(record.id, { ...calculation, id }).catch(forModel);
      // The session may end between the load of the exchange and now: nothing is acknowledged that is not kept.
      if (count === undefined) throw new SessionEndedError();
      facts.record = { ...record, calculationCount: count };
    }
    metrics.calculation(calculation.operation);
    return id;
  };
  const find = async (id: string) => (await read(HISTORY_READ_LIMIT)).find((calculation) => calculation.id === id);
  return {
    add: (calculation) => forgettable(add(calculation)),
    list: (limit = HISTORY_READ_LIMIT) => forgettable(read(limit)),
    find: (id) => forgettable(find(id)),
  };
}

/** A calculation that is too long to be kept is for the model to read; all else is not. */
function forModel(error: unknown): never {
  throw error instanceof TooLongError ? new ToolError(error.message, { cause: error }) : error;
}

import type { Calculation, History, NewCalculation } from '../catalog/context.js';
import { ToolError } from '../catalog/errors.js';
import type { Metrics } from '../metrics.js';
import type { SessionRecord, Storage } from '../sessions/contract.js';
import { TooLongError } from '../sessions/errors.js';
import { forgettable, SessionEndedError } from './errors.js';
import type { Facts } from './served.js';

/** Calculations that a look into the history reads at most: no store keeps more than `--history-limit` allows. */
const HISTORY_READ_LIMIT = 10_000;

/** A history that is a caller's, and not its session's. */
export interface OwnHistory {
  find(): Promise<SessionRecord | undefined>;
  append(entry: Calculation): Promise<number | undefined>;
}

/** The history of the exchange's session, else the caller's own; without either it only counts. `ended` is thrown where it is gone. */
export function historyOf(
  facts: Facts,
  metrics: Metrics,
  own?: OwnHistory,
  ended = () => new SessionEndedError() as Error,
): History {
  const { storage } = facts;
  const kept = storage && (facts.record || own) && 'own';
  const load = async () => facts.record ?? (await own?.find());
  const read = async (limit: number): Promise<Calculation[]> => {
    const record = storage && (await load());
    return record ? ((await storage.sessions.history(record.id, limit)) as unknown as Calculation[]) : [];
  };
  const append = async (storage: Storage, calculation: NewCalculation): Promise<string> => {
    // The id is always a new one. (To add to a copy would be slow: docs/decisions/0019.)
    const entry = Object.assign({}, calculation, { id: crypto.randomUUID() }) as Calculation;
    const { record } = facts;
    const appended = record ? storage.sessions.appendHistory(record.id, entry) : own?.append(entry);
    const count = await appended?.catch(forModel);
    // The session may end between the load of the exchange and now: nothing is acknowledged that is not kept.
    if (count === undefined) throw ended();
    if (record) facts.record = { ...record, calculationCount: count };
    return entry.id;
  };
  const add = async (calculation: NewCalculation): Promise<string | undefined> => {
    const id = storage && kept ? await append(storage, calculation) : undefined;
    metrics.calculation(calculation.operation);
    return id;
  };
  const find = async (id: string) => (await read(HISTORY_READ_LIMIT)).find((calculation) => calculation.id === id);
  const count = async () => (await load())?.calculationCount ?? 0;
  return {
    add: (calculation) => forgettable(add(calculation)),
    list: (limit = HISTORY_READ_LIMIT) => forgettable(read(limit)),
    find: (id) => forgettable(find(id)),
    count: () => forgettable(count()),
    ...(kept && { kept }),
  };
}

/** A calculation that is too long to be kept is for the model to read; all else is not. */
function forModel(error: unknown): never {
  throw error instanceof TooLongError ? new ToolError(error.message, { cause: error }) : error;
}

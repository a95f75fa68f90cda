import type { CallContext, NewCalculation } from '../catalog/context.js';
import { isoTime } from '../text/iso-time.js';

const HISTORY = 'calculator://history';
const STATS = 'calculator://stats';
const SESSION = 'session://info';

/** Where the history keeps a calculation. */
export function calculationUri(id: string): string {
  return `${HISTORY}/${id}`;
}

/** What a result tells of its place in the history; the id is absent where no session keeps it. */
export interface Recorded {
  readonly calculationId?: string;
  /** ISO 8601 */
  readonly timestamp: string;
}

/** Keeps a calculation in the session's history, then tells the subscribers of the history. */
export async function recordCalculation(
  context: Pick<CallContext, 'history' | 'resourceUpdated'>,
  calculation: Omit<NewCalculation, 'timestamp'>,
): Promise<Recorded> {
  const timestamp = isoTime(Date.now());
  const calculationId = await context.history.add({ timestamp, ...calculation });
  await context.resourceUpdated(STATS);
  if (calculationId === undefined) return { timestamp };
  await context.resourceUpdated(HISTORY, { own: true });
  await context.resourceUpdated(SESSION, { own: true });
  return { calculationId, timestamp };
}

import type { Logger } from '../log.js';
import type { Metrics, SessionEnd } from '../metrics.js';
import { shortSession } from '../text/secrets.js';

/** Tells that a session is no more: to be called once for each, by the node that ended it or found it expired. `createdAt`: ms since the epoch. */
export function tellSessionEnd(
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
  sessionId: string,
  reason: SessionEnd,
  createdAt?: number,
): void {
  metrics.sessionEnded(reason, createdAt === undefined ? undefined : Math.max(0, Date.now() - createdAt) / 1_000);
  logger.info({ session: shortSession(sessionId), reason }, 'session ended');
}

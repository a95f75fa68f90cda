import type { Logger } from '../log.js';
import type { Metrics, SessionEnd } from '../metrics.js';
import { shortSession } from '../text/secrets.js';

/** Tells that a session is no more: to be called once for each, by the node that ended it or found it expired. */
export function tellSessionEnd(
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
  sessionId: string,
  reason: SessionEnd,
): void {
  metrics.sessionEnded(reason);
  logger.info({ session: shortSession(sessionId), reason }, 'session ended');
}

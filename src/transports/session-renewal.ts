import type { Logger } from '../log.js';
import type { SessionStore } from '../sessions/contract.js';

/** How often an open stream renews its session, in parts of the session's TTL. */
const RENEWALS_PER_TTL = 3;

/**
 * Renews the session of an open stream in time: who listens uses it. To be called often, such as at every keep-alive;
 * `gone` is called when the session has ended all the same.
 */
export function sessionRenewal(
  sessions: SessionStore,
  id: string,
  ttlMs: number,
  logger: Logger,
  gone: () => void,
): () => void {
  let renewed = performance.now();
  // Called by a timer: the storage of an author may throw where it should reject.
  const renew = async () => sessions.renew(id);
  return () => {
    if (performance.now() - renewed < ttlMs / RENEWALS_PER_TTL) return;
    renewed = performance.now();
    renew().then(
      (exists) => exists || gone(),
      (error: unknown) => logger.warn({ err: error }, 'a session could not be renewed'),
    );
  };
}

import type { IncomingMessage } from 'node:http';
import { ownerOf } from '../../auth/ownership.js';
import type { SessionRecord, SessionStore } from '../../sessions/contract.js';
import { missingSession, unknownSession } from '../refusals.js';

/**
 * The session that a request names, counted and renewed: one round trip to the store. Throws an HttpError: 400 when it
 * names none, 404 when there is none such for this caller.
 */
export async function sessionOf(req: IncomingMessage, sessions: SessionStore): Promise<SessionRecord> {
  const id = req.headers['mcp-session-id'];
  if (typeof id !== 'string' || id === '') throw missingSession();
  const record = await sessions.touch(id, ownerOf(req.auth));
  if (!record) throw unknownSession();
  return record;
}

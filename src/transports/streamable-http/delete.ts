import type { Outgoing } from '../../http/message.js';
import { isModern } from '../../rpc/versions.js';
import type { Received } from '../read-request.js';
import { versionOf } from '../read-request.js';
import { tellSessionEnd } from '../session-end.js';
import { missingSession, unknownSession } from '../refusals.js';
import type { StatefulEndpoint } from './endpoint.js';

/** DELETE ends the session everywhere and closes its streams (transports, "Session Management"). */
export async function endSession(endpoint: StatefulEndpoint, received: Received, res: Outgoing): Promise<void> {
  const { storage, routing } = endpoint;
  versionOf(received);
  if (received.sessionId === undefined) throw missingSession();
  // It is only read: a Redis that is out of memory writes nothing, but lets sessions be ended, which makes room.
  const record = await storage.sessions.peek(received.sessionId);
  if (!record || record.owner !== received.owner || isModern(record.protocolVersion)) throw unknownSession();
  const { id, createdAt } = record;
  if (await storage.sessions.end(id)) tellSessionEnd(endpoint, id, 'deleted', createdAt);
  await routing.end(id);
  res.writeHead(200).end();
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Storage } from '../../sessions/contract.js';
import type { Endpoint } from './endpoint.js';
import type { Routing } from './routing.js';
import { sessionOf } from './session-of.js';
import { versionOf } from './version-of.js';

/** DELETE ends the session everywhere and closes its streams (transports, "Session Management"). */
export async function endSession(
  endpoint: Endpoint & { storage: Storage; routing: Routing },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  versionOf(req);
  const { id } = await sessionOf(req, endpoint.storage.sessions);
  await endpoint.storage.sessions.end(id);
  await endpoint.routing.end(id);
  res.writeHead(200).end();
}

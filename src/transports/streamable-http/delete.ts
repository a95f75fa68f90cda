import type { ServerResponse } from 'node:http';
import type { Received } from '../read-request.js';
import { versionOf } from '../read-request.js';
import type { StatefulEndpoint } from './endpoint.js';
import { sessionOf } from './endpoint.js';

/** DELETE ends the session everywhere and closes its streams (transports, "Session Management"). */
export async function endSession(
  { storage, routing }: StatefulEndpoint,
  received: Received,
  res: ServerResponse,
): Promise<void> {
  versionOf(received);
  const { id } = await sessionOf(received, storage);
  await storage.sessions.end(id);
  await routing.end(id);
  res.writeHead(200).end();
}

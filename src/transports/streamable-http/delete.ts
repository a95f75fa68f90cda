import type { ServerResponse } from 'node:http';
import type { Received } from '../read-request.js';
import { versionOf } from '../read-request.js';
import { tellSessionEnd } from '../session-end.js';
import type { StatefulEndpoint } from './endpoint.js';
import { sessionOf } from './endpoint.js';

/** DELETE ends the session everywhere and closes its streams (transports, "Session Management"). */
export async function endSession(endpoint: StatefulEndpoint, received: Received, res: ServerResponse): Promise<void> {
  const { storage, routing } = endpoint;
  versionOf(received);
  const { id } = await sessionOf(received, storage);
  if (await storage.sessions.end(id)) tellSessionEnd(endpoint, id, 'deleted');
  await routing.end(id);
  res.writeHead(200).end();
}

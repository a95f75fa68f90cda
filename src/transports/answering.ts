import type { ServerResponse } from 'node:http';
import { sendError } from '../http/errors.js';
import type { Logger } from '../log.js';
import type { RequestId } from '../rpc/messages.js';
import { asRefusal } from './refusals.js';

/** Where a request's id is put once it could be read, so that an error answer can repeat it. */
export interface Known {
  id: RequestId | null;
}

/** Serves one HTTP request; what is thrown on the way becomes its answer. Never rejects. */
export async function answering(res: ServerResponse, logger: Logger, serve: (known: Known) => Promise<void>): Promise<void> {
  const known: Known = { id: null };
  try {
    await serve(known);
  } catch (error) {
    sendError(res, asRefusal(error), { logger, id: known.id });
  }
}

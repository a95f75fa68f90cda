import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Looks at a request before its handler does: true lets it pass, false means that it has been answered. May throw an
 * `HttpError` instead. A function of this form costs a call; one with `next` costs a closure each as well.
 */
export type Guard = (req: IncomingMessage, res: ServerResponse) => boolean;

/** A guard that has to ask somebody. */
export type AsyncGuard = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

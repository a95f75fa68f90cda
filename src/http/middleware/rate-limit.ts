import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { Options, Store } from 'express-rate-limit';
import type { Request, Response } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../log.js';
import { HttpError } from '../errors.js';
import type { AsyncGuard } from '../guard.js';
import { memoryCounter } from './memory-counter.js';

export interface RateLimitOptions {
  /** Requests in a window, for each address and for each subject. */
  max: number;
  windowMs: number;
  /** Makes the store of one counter; in memory where it is absent. The prefix keeps the counters apart. */
  createStore?: (prefix: string) => Store;
  /** Who signed in; the client of the token where it is absent. */
  subjectOf?: (req: IncomingMessage) => string | undefined;
}

/**
 * Counts requests by the client's address, and by who signed in: an address may stand for a whole company, and one
 * person may have many. Over the limit: 429 with `Retry-After` and the `RateLimit-*` headers. When the store doesn't
 * answer, requests pass, and the log says so: a counter that is down must not take the server with it.
 */
export function rateLimits(options: RateLimitOptions, logger: Logger): { byAddress: AsyncGuard; bySubject: AsyncGuard } {
  const { subjectOf = (req) => req.auth?.clientId } = options;
  return {
    byAddress: limiter('address', (req) => ipKeyGenerator(req.clientAddress), options, logger),
    bySubject: limiter('subject', subjectOf, options, logger),
  };
}

function limiter(
  name: string,
  keyOf: (req: IncomingMessage) => string | undefined,
  { max, windowMs, createStore = memoryCounter }: RateLimitOptions,
  logger: Logger,
): AsyncGuard {
  const settings: Partial<Options> = {
    limit: max,
    windowMs,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    // They look at Express's own settings, of which there are none here.
    validate: false,
    passOnStoreError: true,
    store: createStore(`mcp-calc:rate:${name}:`),
    keyGenerator: (req) => keyOf(req) ?? '',
    skip: (req) => keyOf(req) === undefined,
    handler: (_req, _res, next) => next(new HttpError(429, 'Too many requests: try again later', { reason: 'rate_limit' })),
    logger: {
      warn: (error) => logger.warn({ err: error }, 'The rate limiter warns'),
      error: (error) => logger.error({ err: error }, 'The rate limiter lets requests pass: its store does not answer'),
    },
  };
  const handle = rateLimit(settings);
  return (req: IncomingMessage, res: ServerResponse) =>
    new Promise((resolve, reject) => {
      const next = (error?: unknown) => (error === undefined ? resolve(true) : reject(error));
      // Of Express's own additions it uses none with these settings.
      void handle(req as Request, res as Response, next);
    });
}

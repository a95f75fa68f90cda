import { randomUUID } from 'node:crypto';
import type { Guard } from '../guard.js';

/** What an id from outside may look like: it goes into headers and log lines. */
const SAFE_ID = /^[\w.:-]{1,128}$/;

/** Gives each request an id: the caller's `X-Request-Id` where it is harmless, else a random one. Every answer says it. */
export function requestId(): Guard {
  return function requestId(req) {
    const given = req.headers['x-request-id'];
    req.requestId = typeof given === 'string' && SAFE_ID.test(given) ? given : randomUUID();
    return true;
  };
}

import type { OutgoingHttpHeaders } from 'node:http';
import type { Answer } from '../../protocol/answer.js';
import { RPC, STORE_UNAVAILABLE } from '../../rpc/errors.js';
import { RETRY_AFTER_SECONDS } from '../refusals.js';

/** The HTTP status that an answer leaves with, and its headers. */
export type StatusOf = (answer: Answer) => [status: number, headers?: OutgoingHttpHeaders];

const UNAVAILABLE: ReturnType<StatusOf> = [503, { 'Retry-After': RETRY_AFTER_SECONDS }];

/** A request that failed as a whole says so in its HTTP status too; any other error answer is a good answer. */
export const legacyStatusOf: StatusOf = ({ error }) => {
  if (error?.message === STORE_UNAVAILABLE && error.code === RPC.refused) return UNAVAILABLE;
  return [error?.code === RPC.sessionNotFound ? 404 : 200];
};

const NOT_ADMITTED: ReadonlySet<number> = new Set([RPC.missingClientCapability, RPC.headerMismatch]);

/** A client tells from the status which kind of server it has met (2026-07-28, basic/transports/streamable-http). */
export const modernStatusOf: StatusOf = ({ error, challenge }) => {
  if (challenge !== undefined) return [403, { 'WWW-Authenticate': challenge, 'Cache-Control': 'no-store' }];
  if (error?.message === STORE_UNAVAILABLE) return UNAVAILABLE;
  if (error?.code === RPC.methodNotFound) return [404];
  return [error && NOT_ADMITTED.has(error.code) ? 400 : 200];
};

import { TASKS } from '../../../rpc/era.js';
import { RPC, RpcError } from '../../../rpc/errors.js';
import { isObject } from '../../../rpc/messages.js';
import type { TaskRecord } from '../../../sessions/task-contract.js';
import { stamped } from '../../answer.js';
import type { Params } from '../../params.js';

/** How often a client should look, ms. */
const POLL_INTERVAL_MS = 1_000;

/** Whether a client has declared the extension, for this request. */
export function declaresTasks({ extensions }: Params): boolean {
  return isObject(extensions) && isObject(extensions[TASKS]);
}

/** -32021: what a client must declare to be given a task, or to ask about one. */
export function lackingTasks(): RpcError {
  return new RpcError(RPC.missingClientCapability, `This request needs what the client has not declared: ${TASKS}`, {
    requiredCapabilities: { extensions: { [TASKS]: {} } },
  });
}

/** A task without what it asks or came to: what a call that became one is answered with (`Task`). */
export function seedOf({ id, status, message, createdAt, updatedAt, ttlMs }: TaskRecord): Params {
  return {
    taskId: id,
    status,
    statusMessage: message,
    createdAt: new Date(createdAt).toISOString(),
    lastUpdatedAt: new Date(updatedAt).toISOString(),
    ttlMs,
    pollIntervalMs: POLL_INTERVAL_MS,
  };
}

/** The whole of a task (`DetailedTask`); its result is what the call would have been answered with, and so has the stamp of one. */
export function detailsOf(record: TaskRecord, stamp: Params): Params {
  const { status, questions, outcome } = record;
  const seed = seedOf(record);
  if (status === 'input_required') return { ...seed, inputRequests: parsedEach(questions) };
  if (outcome === undefined) return seed;
  const came = JSON.parse(outcome) as Params;
  if (status === 'failed') return { ...seed, error: came };
  return { ...seed, result: stamped(came, stamp) };
}

function parsedEach(texts: Readonly<Record<string, string>>): Params {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, JSON.parse(text) as unknown]));
}

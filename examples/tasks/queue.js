// The queue as the server and the workers know it: BullMQ, in the Redis of `REDIS_URL`.
import { Queue } from 'bullmq';

export const QUEUE = 'prime-counts';
export const CANCELLED = 'Cancelled';
/** How long an ended job can be asked for, and how many of them: as the tasks of the server, which live for a day. */
const KEPT = { age: 24 * 3600, count: 10_000 };
const MAX_WAITING = 1_000;

export const connection = { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' };

export function openQueue() {
  const queue = new Queue(QUEUE, { connection: { ...connection, enableOfflineQueue: false, maxRetriesPerRequest: 1 } });
  // What a Redis that is away does, each call says.
  queue.on('error', () => undefined);
  return {
    async add(id, data) {
      if ((await queue.getWaitingCount()) >= MAX_WAITING) throw new Error('The queue is full: try again later');
      await queue.add('count', data, { jobId: id, removeOnComplete: KEPT, removeOnFail: KEPT });
    },
    find: (id) => queue.getJob(id),
    /** Whoever works on it, or is to, looks at each step whether to go on. */
    cancel: (job) => job.updateData({ ...job.data, cancelled: true }),
  };
}

/** What anybody may know of a job: `queued`, `working`, `completed`, `failed` or `cancelled`, and how far it is. */
export async function statusOf(job) {
  const state = await job.getState();
  const { upTo, cancelled } = job.data;
  const { done = 0 } = typeof job.progress === 'object' ? job.progress : {};
  const status = cancelled && state !== 'completed' ? 'cancelled' : (STATES[state] ?? 'queued');
  return {
    jobId: job.id,
    status,
    done,
    upTo,
    ...(status === 'completed' && { count: job.returnvalue.count }),
    ...(status === 'failed' && { error: job.failedReason }),
  };
}

const STATES = { active: 'working', completed: 'completed', failed: 'failed' };

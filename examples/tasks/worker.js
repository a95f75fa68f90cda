// Works on the jobs, as many processes of it as there are. One that is killed loses nothing: another goes on from its last step.
import { UnrecoverableError, Worker } from 'bullmq';
import { openTasks } from 'mcp-calc';
import { setTimeout as delay } from 'node:timers/promises';
import { countPrimes } from './primes.js';
import { CANCELLED, connection, openQueue, QUEUE } from './queue.js';

const STEP = 10_000;
/** A rest after each step, so that there is something to watch. */
const PAUSE_MS = Number(process.env.PAUSE_MS ?? 20);
/** How long a worker may say nothing until its job is another's: it says something twice in that time. */
const LOCK_MS = Number(process.env.LOCK_MS ?? 5_000);
/** How many workers may die of one job; the next death fails it. */
const MAX_DEATHS = Number(process.env.MAX_DEATHS ?? 5);

const queue = openQueue();
const tasks = await openTasks(connection);

async function work(job) {
  const { upTo, task: taskId } = job.data;
  const task = taskId && tasks.task(taskId);
  // Where the one before was killed.
  let { done, count } = typeof job.progress === 'object' ? job.progress : { done: 0, count: 0 };
  console.log(`Job ${job.id} ${done > 0 ? `goes on from ${done}` : 'begins'}`);
  while (done < upTo) {
    // False when the client has cancelled the task, or when it has expired.
    const goesOn = task ? await task.report(`${done} of ${upTo}`) : true;
    if (!goesOn || (await queue.find(job.id))?.data.cancelled) {
      await job.updateData({ ...job.data, cancelled: true });
      throw new UnrecoverableError(CANCELLED);
    }
    const next = Math.min(done + STEP, upTo);
    count += countPrimes(done, next);
    done = next;
    // One write for both: a step is counted once, whenever the process dies.
    await job.updateProgress({ done, count });
    await delay(PAUSE_MS);
  }
  const text = `There are ${count} primes up to ${upTo}`;
  await task?.complete({ content: [{ type: 'text', text }], structuredContent: { jobId: job.id, upTo, count } });
  return { count };
}

const worker = new Worker(QUEUE, work, {
  connection: { ...connection, maxRetriesPerRequest: null },
  lockDuration: LOCK_MS,
  stalledInterval: LOCK_MS / 2,
  maxStalledCount: MAX_DEATHS,
});
worker.on('ready', () => console.log(`Worker ${process.pid} is ready`));
worker.on('completed', ({ id }) => console.log(`Job ${id} is completed`));
worker.on('error', ({ message }) => console.error(message));
worker.on('failed', async (job, { message }) => {
  console.log(`Job ${job?.id} has failed: ${message}`);
  // Also of a job of which too many workers have died.
  if (job?.data.task) await tasks.task(job.data.task).fail(message);
});

// Finishes the job in hand. Who can't wait kills it.
process.once('SIGTERM', async () => {
  await worker.close();
  process.exit();
});

// Jobs that outlive the server: tasks for clients that know the Tasks extension, tools and a resource for all others.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defineCatalog, defineResourceTemplate, defineTool, ToolError } from 'mcp-calc';
import { openQueue, statusOf } from './queue.js';

const LOOK_MS = 200;
const MAX_WAIT_SECONDS = 60;
const ENDED = ['completed', 'failed', 'cancelled'];

const queue = openQueue();

const submit = defineTool({
  name: 'submit_job',
  title: 'Submit a job',
  description: 'Counts the primes up to a number, which takes a while. Ask job_status and job_result with the jobId.',
  task: 'optional',
  inputSchema: {
    type: 'object',
    properties: { upTo: { type: 'integer', minimum: 2, maximum: 100_000_000 } },
    required: ['upTo'],
  },
  async handler({ upTo }, context) {
    const data = { upTo, owner: ownerOf(context) };
    // The task is in the worker's hands from here on: it is reported and ended there, and does not end with this server.
    if (context.client.tasks) return context.detach((task) => queue.add(task.id, { ...data, task: task.id }));
    const jobId = randomUUID();
    await queue.add(jobId, data);
    return {
      content: [
        { type: 'text', text: `Job ${jobId} is queued` },
        { type: 'resource_link', uri: `task://status/${jobId}`, name: 'status', mimeType: 'application/json' },
      ],
      structuredContent: { jobId, status: 'queued' },
    };
  },
});

const JOB_ID = { type: 'string', maxLength: 100, description: 'As submit_job has given it' };
const BY_ID = { type: 'object', properties: { jobId: JOB_ID }, required: ['jobId'] };

const status = defineTool({
  name: 'job_status',
  title: 'Status of a job',
  description: 'Says how far a job is.',
  annotations: { readOnlyHint: true },
  inputSchema: BY_ID,
  handler: async ({ jobId }, context) => told(await statusOf(await find(jobId, context))),
});

const result = defineTool({
  name: 'job_result',
  title: 'Result of a job',
  description:
    'Gives the result of a job; waits for it, with progress, for as long as it is told to. Ask again if it is not there.',
  annotations: { readOnlyHint: true },
  inputSchema: {
    type: 'object',
    properties: { jobId: JOB_ID, waitSeconds: { type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS } },
    required: ['jobId'],
  },
  async handler({ jobId, waitSeconds = 0 }, context) {
    const end = Date.now() + waitSeconds * 1_000;
    let last = 0;
    for (;;) {
      const now = await statusOf(await find(jobId, context));
      if (now.status === 'failed') throw new ToolError(`The job has failed: ${now.error}`);
      if (now.status === 'cancelled') throw new ToolError('The job was cancelled');
      if (now.status === 'completed' || Date.now() >= end) return told(now);
      if (now.done > last) await context.progress((last = now.done), now.upTo, `${now.done} of ${now.upTo}`);
      // A client that no longer waits ends the waiting, not the job.
      await delay(LOOK_MS, undefined, { signal: context.signal });
    }
  },
});

const cancel = defineTool({
  name: 'cancel_job',
  title: 'Cancel a job',
  description: 'Cancels a job: it ends before its next step.',
  annotations: { destructiveHint: true, idempotentHint: true },
  inputSchema: BY_ID,
  async handler({ jobId }, context) {
    const job = await find(jobId, context);
    if (!ENDED.includes((await statusOf(job)).status)) await queue.cancel(job);
    return told(await statusOf(job));
  },
});

const statusResource = defineResourceTemplate({
  uriTemplate: 'task://status/{id}',
  name: 'status',
  description: 'How far a job is',
  mimeType: 'application/json',
  // It does, but in the workers, which have no way to tell the servers of it.
  changes: false,
  async read(uri, { id }, context) {
    const job = await findOwn(id, context);
    return job && { uri, mimeType: 'application/json', text: JSON.stringify(await statusOf(job)) };
  },
});

/** Whose a job is: of whoever has signed in. Where nobody has to, its id is a secret. */
function ownerOf({ caller }) {
  return caller && JSON.stringify([caller.issuer, caller.subject]);
}

async function findOwn(id, context) {
  const job = await queue.find(id);
  return job?.data.owner === ownerOf(context) ? job : undefined;
}

async function find(id, context) {
  const job = await findOwn(id, context);
  if (!job) throw new ToolError(`There is no job ${id}, or it ended long ago`);
  return job;
}

function told(now) {
  const { status, done, upTo, count } = now;
  const text = count === undefined ? `${status}: ${done} of ${upTo}` : `There are ${count} primes up to ${upTo}`;
  return { content: [{ type: 'text', text }], structuredContent: now };
}

export default defineCatalog({
  name: 'task-service',
  version: '1.0.0',
  tools: [submit, status, result, cancel],
  resourceTemplates: [statusResource],
});

import { setTimeout as sleep } from 'node:timers/promises';
import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { CallToolResult, Client, RequestOptions } from '@modelcontextprotocol/client';
import { ClientError } from './errors.js';

/** How often a task is asked for at most and at least, ms, whatever its server wishes. */
const SHORTEST_POLL_MS = 50;
const LONGEST_POLL_MS = 60_000;
const USUAL_POLL_MS = 1_000;
/** How long a task is followed at most, ms. */
const LONGEST_TASK_MS = 86_400_000;

/** Calls a tool as a task (2025-11-25, tasks), follows it with its status as progress, and resolves to its result. */
export async function callAsTask(
  client: Client,
  params: { name: string; arguments: Record<string, unknown> },
  options: RequestOptions,
): Promise<CallToolResult> {
  const call = { method: 'tools/call', params: { ...params, task: {} } };
  let { task } = await client.request(call, specTypeSchemas.CreateTaskResult, options);
  const { taskId } = task;
  const rest = { ...options, onprogress: undefined };
  const started = performance.now();
  for (let polls = 1; task.status === 'working'; polls++) {
    if (performance.now() - started > LONGEST_TASK_MS)
      throw new ClientError('unreachable', `The task of "${params.name}" does not end`);
    options.onprogress?.({ progress: polls, message: task.statusMessage ?? task.status });
    await sleep(pollAfter(task.pollInterval), undefined, { signal: options.signal }).catch(async (error: unknown) => {
      await client.request({ method: 'tasks/cancel', params: { taskId } }, specTypeSchemas.CancelTaskResult, {
        timeout: options.timeout,
      });
      throw error;
    });
    task = await client.request({ method: 'tasks/get', params: { taskId } }, specTypeSchemas.GetTaskResult, rest);
  }
  // Where the task wants input, the questions come while its result is waited for ("Input Required Status").
  return client.request({ method: 'tasks/result', params: { taskId } }, specTypeSchemas.CallToolResult, rest);
}

function pollAfter(wished = USUAL_POLL_MS): number {
  return Math.min(Math.max(wished, SHORTEST_POLL_MS), LONGEST_POLL_MS);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { CallToolResult, Client, RequestOptions } from '@modelcontextprotocol/client';
import { isObject } from '../rpc/messages.js';
import { quote } from '../text/harmless.js';
import type { Question } from './callbacks.js';
import { ClientError, ErrorAnswer } from './errors.js';

/** How often a task is asked for at most and at least, ms, whatever its server wishes. */
const SHORTEST_POLL_MS = 50;
const LONGEST_POLL_MS = 60_000;
const USUAL_POLL_MS = 1_000;
/** How long a task is followed at most, ms. */
const LONGEST_TASK_MS = 86_400_000;

type Answer = (question: Question, signal: AbortSignal) => Promise<unknown>;

/** Calls a tool as a task (2025-11-25, tasks), follows it with its status as progress, and resolves to its result. */
export async function callAsTask(
  client: Client,
  params: { name: string; arguments: Record<string, unknown> },
  options: RequestOptions,
): Promise<CallToolResult> {
  const call = { method: 'tools/call', params: { ...params, task: {} } };
  const { task } = await client.request(call, specTypeSchemas.CreateTaskResult, options);
  const { taskId } = task;
  await untilEnd(client, task, options, (found) =>
    Promise.resolve(found.status === 'working' ? undefined : (found as object)),
  );
  // Where the task wants input, the questions come while its result is waited for ("Input Required Status").
  return client.request({ method: 'tasks/result', params: { taskId } }, specTypeSchemas.CallToolResult, {
    ...options,
    onprogress: undefined,
  });
}

/** Follows a task of the modern era to its end, and has its questions answered, each once. */
export async function followTask(
  client: Client,
  task: Readonly<Record<string, unknown>>,
  options: RequestOptions,
  answer: Answer,
): Promise<CallToolResult> {
  const { taskId } = task;
  const rest = { ...options, onprogress: undefined };
  const answered = new Set<string>();
  return untilEnd(client, task, options, async (found) => {
    const { status, statusMessage, inputRequests, result, error } = found;
    if (status === 'input_required' && isObject(inputRequests)) {
      const inputResponses: Record<string, unknown> = {};
      for (const [key, question] of Object.entries(inputRequests).filter(([key]) => !answered.has(key))) {
        answered.add(key);
        inputResponses[key] = await answer(question as Question, options.signal ?? new AbortController().signal);
      }
      if (Object.keys(inputResponses).length > 0)
        await client.request(
          { method: 'tasks/update', params: { taskId, inputResponses } },
          specTypeSchemas.Result,
          rest,
        );
    }
    if (status === 'completed') return toolResult(result);
    if (status === 'failed') {
      const { code, message, data } = (isObject(error) ? error : {}) as {
        code?: number;
        message?: string;
        data?: unknown;
      };
      throw new ErrorAnswer(code ?? 0, `The task failed with error ${code}: ${quote(String(message))}`, data);
    }
    if (status === 'cancelled')
      throw new ClientError('answer', `The task was cancelled: ${quote(String(statusMessage ?? 'no reason given'))}`);
    return undefined;
  });
}

function toolResult(value: unknown): CallToolResult {
  const parsed = specTypeSchemas.CallToolResult['~standard'].validate(value);
  if (parsed.issues === undefined) return parsed.value;
  throw new ClientError('answer', 'The task ended with something that is not the result of a tool');
}

/** Asks for the task until `judge` has its outcome. An abort cancels it at the server. */
async function untilEnd<T>(
  client: Client,
  first: Readonly<Record<string, unknown>>,
  options: RequestOptions,
  judge: (task: Readonly<Record<string, unknown>>) => Promise<T | undefined>,
): Promise<T> {
  const params = { taskId: first.taskId };
  const started = performance.now();
  let task = first;
  for (let polls = 1; performance.now() - started < LONGEST_TASK_MS; polls++) {
    const outcome = await judge(task);
    if (outcome !== undefined) return outcome;
    options.onprogress?.({ progress: polls, message: String(task.statusMessage ?? task.status) });
    const wait = sleep(pollAfter(task.pollIntervalMs ?? task.pollInterval), undefined, { signal: options.signal });
    await wait.catch(async (error: unknown) => {
      const { timeout } = options;
      await client
        .request({ method: 'tasks/cancel', params }, specTypeSchemas.Result, { timeout })
        .catch(() => undefined);
      throw error;
    });
    task = await client.request({ method: 'tasks/get', params }, specTypeSchemas.Result, {
      ...options,
      onprogress: undefined,
    });
  }
  throw new ClientError('unreachable', 'The task does not end');
}

function pollAfter(wished: unknown): number {
  const ms = typeof wished === 'number' ? wished : USUAL_POLL_MS;
  return Math.min(Math.max(ms, SHORTEST_POLL_MS), LONGEST_POLL_MS);
}

import { eventually } from './eventually.js';
import type { ModernAnswer } from './modern.js';
import { envelope, post } from './modern.js';

export const TASKS = 'io.modelcontextprotocol/tasks';
/** The envelope of a client that knows tasks and can be asked. */
export const KNOWS_TASKS = envelope({ elicitation: {}, extensions: { [TASKS]: {} } });

export interface Task {
  readonly taskId: string;
  readonly status: string;
  readonly statusMessage?: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
  readonly inputRequests?: Readonly<Record<string, { method: string; params: { message: string } }>>;
  readonly result?: { readonly content: readonly { text: string }[]; readonly isError?: boolean };
  readonly error?: { readonly code: number; readonly message: string };
  readonly resultType: string;
}

/** Errors of requests on tasks: the client has not declared the extension; there is no such task. */
export const LACKING = { code: -32021, data: { requiredCapabilities: { extensions: { [TASKS]: {} } } } };
export const UNKNOWN = { code: -32602, message: 'Task not found: there is none of this id, or it has expired' };

export const textOf = ({ result }: Pick<Task, 'result'>) => result?.content[0]?.text;

type Options = Parameters<typeof post>[3];

/** A client of the Tasks extension, by plain requests; each may go to another address. */
export function taskClient(url: string, options: Options = {}) {
  const send = (method: string, params: Record<string, unknown>, at = url): Promise<ModernAnswer> =>
    post(at, method, { _meta: KNOWS_TASKS, ...params }, options);
  const call = (name: string, more: Record<string, unknown> = {}) =>
    send('tools/call', { name, arguments: {}, ...more });
  /** Calls what becomes a task; the task. */
  const begin = async (name: string, more: Record<string, unknown> = {}): Promise<Task> => {
    const { body } = await call(name, more);
    if (body.result?.resultType !== 'task') throw new Error(`${name} did not become a task: ${JSON.stringify(body)}`);
    return body.result as unknown as Task;
  };
  const get = async (taskId: string, at = url): Promise<Task> => {
    const { body } = await send('tasks/get', { taskId }, at);
    if (!body.result) throw new Error(JSON.stringify(body));
    return body.result as unknown as Task;
  };
  /** Looks until the task is in one of the states. */
  const until = async (taskId: string, statuses: readonly string[], at = url, ms = 5_000): Promise<Task> => {
    let found: Task | undefined;
    await eventually(async () => {
      found = await get(taskId, at);
      if (!statuses.includes(found.status)) throw new Error(`The task is ${found.status}: ${found.statusMessage}`);
    }, ms);
    return found as Task;
  };
  const end = (taskId: string, at = url, ms?: number) => until(taskId, ['completed', 'failed', 'cancelled'], at, ms);
  const answer = (taskId: string, inputResponses: object, at = url) =>
    send('tasks/update', { taskId, inputResponses }, at);
  const cancel = (taskId: string, at = url) => send('tasks/cancel', { taskId }, at);
  return { send, call, begin, get, until, end, answer, cancel };
}

export const accept = (answer: unknown) => ({ action: 'accept', content: { answer } });

import type { DetachedTask } from '../catalog/context.js';
import { detachedTask } from '../protocol/modern/tasks/detached-task.js';
import type { RedisTarget } from '../sessions/redis/options.js';

/** The Redis of the servers, with what their `--redis-prefix` says. */
export interface OpenTasksOptions extends RedisTarget {
  readonly prefix?: string;
}

export interface OpenTasks {
  /** The task of an id, whether there is one or not: each of its functions tells. */
  task(id: string): DetachedTask;
  /** Ends the connections; the tasks stay. */
  close(): Promise<void>;
}

/** What no session is opened for. */
const NO_SESSIONS = { ttlMs: 1_000, historyLimit: 0, maxSessions: 0 };

/**
 * For a process beside the servers, such as the worker of a queue: tells of the tasks that `context.detach` has handed on, and ends
 * them. Rejects with a StoreUnavailableError, whose cause says why, when Redis can't be reached.
 * @example
 * const tasks = await openTasks({ url: 'redis://localhost:6379' });
 * const task = tasks.task(job.data.task);
 * if (await task.report('half of it')) await task.complete({ content: [{ type: 'text', text: 'all of it' }] });
 */
export async function openTasks(options: OpenTasksOptions): Promise<OpenTasks> {
  const { openRedisStorage } = await import('../sessions/redis/index.js');
  const storage = await openRedisStorage({ ...options, ...NO_SESSIONS });
  return { task: (id) => detachedTask(storage, id), close: () => storage.close() };
}

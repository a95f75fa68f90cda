import type { DetachedTask } from '../../../catalog/context.js';
import { RPC } from '../../../rpc/errors.js';
import { isObject } from '../../../rpc/messages.js';
import type { Storage } from '../../../sessions/contract.js';
import type { TaskPatch } from '../../../sessions/task-contract.js';

/** What tasks need of a storage: their records, and a way to tell the nodes and the listeners. */
export type TaskStorage = Pick<Storage, 'tasks' | 'bus' | 'changes'>;

/** Applies a change and tells the listeners. Resolves to false for a task that has ended, or is gone. */
export async function changeTask({ tasks, changes }: TaskStorage, id: string, patch: TaskPatch): Promise<boolean> {
  const changed = await tasks.update(id, patch);
  if (changed) changes.publish({ kind: 'task', taskId: id });
  return changed;
}

/** The end of a task that failed on the server's side, in these words. */
export function failedEnd(message: string): Pick<TaskPatch, 'message' | 'end'> {
  return { message, end: { status: 'failed', outcome: JSON.stringify({ code: RPC.internalError, message }) } };
}

/** A task in the hands of whoever has its id. */
export function detachedTask(storage: TaskStorage, id: string): DetachedTask {
  return {
    id,
    report: (message) => changeTask(storage, id, { message }),
    async complete(result) {
      if (!isObject(result) || !Array.isArray(result.content))
        throw new TypeError('The result of a task must be the result of a tool, with a list as its content');
      return changeTask(storage, id, { end: { status: 'completed', outcome: JSON.stringify(result) } });
    },
    fail: (message) => changeTask(storage, id, failedEnd(message)),
  };
}

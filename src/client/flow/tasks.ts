import { TASKS } from '../../rpc/era.js';
import { resultIn } from './define.js';
import type { Flow, FlowStep } from './define.js';
import { envelopeOf, modernRequests } from './modern.js';

/** How often a task is looked at before the flow gives up. */
const LOOKS = 20;
const PAUSE_MS = 500;
const CALL = { name: 'demo_progress', arguments: { steps: 4, delayMs: 400 } };

/** The Tasks extension (SEP-2663): a call becomes a task, which is looked at until it holds the result. */
export const tasks: Flow = function* (endpoint) {
  const request = modernRequests(endpoint, envelopeOf({ extensions: { [TASKS]: {} } }));
  let task: Task = {};
  const keep: FlowStep['keep'] = (answer) => void (task = resultIn<Task>(answer));
  yield {
    title: 'Call a tool that takes its time: the answer is a task',
    why: 'The connection need not last as long as the work; a client says that it knows tasks.',
    request: request('tools/call', CALL, CALL.name),
    keep,
  };
  const { taskId } = task;
  for (let looks = 0; taskId !== undefined && looks < LOOKS && task.status === 'working'; looks++) {
    yield {
      title: 'How far is it?',
      why: 'Any node tells; once it is done, the result is in the answer.',
      request: request('tasks/get', { taskId }, taskId),
      waitMs: PAUSE_MS,
      keep,
    };
  }
};

interface Task {
  readonly taskId?: string;
  readonly status?: string;
}

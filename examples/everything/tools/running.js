import { setTimeout as delay } from 'node:timers/promises';
import { addNote } from '../resources.js';
import { show, text } from './make.js';

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const SECONDS = { type: 'object', properties: { seconds: { type: 'number', minimum: 0, maximum: 60 } } };

/** How many calls of `wait` their clients have cancelled. */
let cancelled = 0;

/** What happens while a call runs: progress, messages, cancellation, tasks, changes. */
export const runningTools = [
  show(
    'progress',
    'Reports progress, in as many steps as it is told to',
    async ({ steps = 5 }, context) => {
      for (let step = 1; step <= steps; step += 1) {
        await delay(20, undefined, { signal: context.signal });
        await context.progress(step, steps, `Step ${step} of ${steps}`);
      }
      return text(`${steps} steps`);
    },
    { inputSchema: { type: 'object', properties: { steps: { type: 'integer', minimum: 1, maximum: 100 } } } },
  ),
  show('log', 'Sends a message of each level: which arrive is for the client to say', async (_args, context) => {
    for (const level of LEVELS) await context.log(level, { level, words: `This is ${level}` }, 'everything');
    return text(`${LEVELS.length} messages`);
  }),
  show(
    'wait',
    'Waits; made to be cancelled. Cancelled calls are counted by count_cancelled',
    async ({ seconds = 10 }, { signal }) => {
      signal.addEventListener('abort', () => (cancelled += 1), { once: true });
      await delay(seconds * 1_000, undefined, { signal });
      return text('Nobody cancelled it');
    },
    { inputSchema: SECONDS, annotations: { idempotentHint: true } },
  ),
  show('count_cancelled', 'Tells how many calls of wait were cancelled', () => text(String(cancelled))),
  show(
    'work',
    'Works for some seconds: becomes a task, where its client knows tasks and it takes long',
    async ({ seconds = 2 }, context) => {
      for (const part of [1, 2, 3, 4]) {
        await delay(seconds * 250, undefined, { signal: context.signal });
        await context.progress(part, 4, `${part * 25} % done`);
      }
      return text(`Worked for ${seconds} s`);
    },
    { task: 'optional', inputSchema: SECONDS, annotations: {} },
  ),
  show(
    'work_as_task',
    'Is always a task: clients without the Tasks extension are refused. Asks for a name meanwhile, where it can',
    async (_args, { signal, client, elicit }) => {
      await delay(50, undefined, { signal });
      if (!client.elicitation) return text('Done');
      const named = await elicit('For whom?', { type: 'object', properties: { name: { type: 'string' } } });
      return text(`Done for ${named.content?.name ?? named.action}`);
    },
    { task: 'required', annotations: {} },
  ),
  show(
    'close_stream',
    'Closes its stream before it answers: a client of the legacy era comes back for the answer',
    async (_args, context) => {
      context.closeStream();
      await delay(100, undefined, { signal: context.signal });
      return text('You came back');
    },
    { annotations: {} },
  ),
  show(
    'change_resource',
    'Changes everything://counter, and tells its subscribers',
    async (_args, { resourceUpdated }) => {
      await resourceUpdated('everything://counter');
      return text('Told');
    },
    { annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true } },
  ),
  show(
    'add_note',
    'Adds a note to the list of resources, and tells that the list has changed',
    async ({ name }, { resourceListChanged }) => {
      addNote(name);
      await resourceListChanged();
      return text(`Added note://${name}`);
    },
    {
      inputSchema: {
        type: 'object',
        properties: { name: { type: 'string', pattern: '^[a-z0-9-]{1,20}$' } },
        required: ['name'],
      },
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    },
  ),
  show(
    'annotated_destructive',
    'Does nothing; says of itself that it destroys something in the open world',
    () => text('Nothing was destroyed'),
    { annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true } },
  ),
];

import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Logger } from '../../log.js';
import { TaskLimitError } from '../errors.js';
import { isSessionId } from '../session-id.js';
import type { NewTask, TaskRecord, TaskStore } from '../task-contract.js';
import { fittingPatch, requireAnswersFit, taskLimit } from '../task-size.js';
import type { Commands, Script } from './commands.js';
import type { Keys } from './keys.js';
import { noteNewerRecord } from './record-version.js';
import { ANSWER, CREATE, GIVE, QUESTION, READ, RESERVE, UPDATE } from './task-scripts.js';

const strings = z.array(z.string());
const time = z.coerce.number().int().nonnegative();
const fields = z.object({
  owner: z.string().optional(),
  node: z.string().optional(),
  status: z.enum(['working', 'input_required', 'completed', 'failed', 'cancelled']),
  message: z.string().optional(),
  createdAt: time,
  updatedAt: time,
  ttlMs: time,
  outcome: z.string().optional(),
});

/** Tasks in Redis: one script an operation, each atomic, and one more before a task is created. */
export function redisTaskStore(commands: Commands, keys: Keys, logger?: Logger): TaskStore {
  const run = async (script: Script, id: string, ...args: (string | number)[]) => {
    try {
      return await commands.run(script, [keys.task(id)], args);
    } catch (error) {
      throw noteNewerRecord(error, logger);
    }
  };
  return {
    async create(task) {
      const { id, owner, node, ttlMs } = task;
      const limit = taskLimit(task);
      const reserved = await commands.run(RESERVE, [keys.tasks(nameOf(owner))], [id, ttlMs, limit]);
      if (reserved === 0) throw new TaskLimitError(limit);
      const written = ['ttlMs', ttlMs, ...pair('owner', owner), ...pair('node', node)];
      return newRecord(task, Number(await run(CREATE, id, ttlMs, ...written)));
    },
    async read(id) {
      if (!isSessionId(id)) return undefined;
      const reply = strings.parse(await run(READ, id));
      return reply.length === 0 ? undefined : readRecord(id, reply);
    },
    async update(id, patch) {
      const { message = '', detach, ask, taken = [], end } = fittingPatch(patch);
      if (!isSessionId(id)) return false;
      const question = ask ? [QUESTION + ask.key, ask.request] : ['', ''];
      const gone = taken.map((key) => ANSWER + key);
      const ending = [end?.status ?? '', end?.outcome ?? ''];
      return (await run(UPDATE, id, ...ending, message, detach ? '1' : '', ...question, ...gone)) === 1;
    },
    async answer(id, answers) {
      requireAnswersFit(answers);
      return isSessionId(id) && Number(await run(GIVE, id, ...Object.entries(answers).flat())) > 0;
    },
  };
}

/** What the tasks of an owner are found by: a name of any length makes a key of a short one. */
function nameOf(owner: string | undefined): string {
  return owner === undefined ? 'nobody' : createHash('sha1').update(owner).digest('hex');
}

function pair(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

function newRecord(task: NewTask, now: number): TaskRecord {
  return { ...task, status: 'working', createdAt: now, updatedAt: now, questions: {}, answers: {} };
}

/** Throws a ZodError for what is not a task of this version. */
function readRecord(id: string, reply: readonly string[]): TaskRecord {
  const hash: Record<string, string> = {};
  const questions: Record<string, string> = {};
  const answers: Record<string, string> = {};
  for (let index = 0; index < reply.length; index += 2) {
    const [field = '', value = ''] = reply.slice(index, index + 2);
    if (field.startsWith(QUESTION)) questions[field.slice(QUESTION.length)] = value;
    else if (field.startsWith(ANSWER)) answers[field.slice(ANSWER.length)] = value;
    else hash[field] = value;
  }
  return { id, ...fields.parse(hash), questions, answers };
}

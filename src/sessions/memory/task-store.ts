import { TaskLimitError, TooLongError } from '../errors.js';
import { TASK_CHARACTERS_IN_MEMORY } from '../limits.js';
import type { TaskPatch, TaskRecord, TaskStore } from '../task-contract.js';
import { hasEnded } from '../task-contract.js';
import { fittingPatch, requireAnswersFit, taskLimit } from '../task-size.js';

/** Characters that the end of a task may add where there is no room: else none could fail, or be cancelled. */
const END_CHARACTERS = 4_000;

interface Entry {
  record: TaskRecord;
  readonly expiresAt: number;
}

/** Tasks in this process. Needs no timer: what has expired goes when the next task comes. */
export function memoryTaskStore({
  characters = TASK_CHARACTERS_IN_MEMORY,
  clock = () => performance.now(),
}: {
  characters?: number;
  clock?: () => number;
} = {}): TaskStore {
  const tasks = new Map<string, Entry>();
  /** How many tasks each owner has; the empty name stands for nobody. */
  const counts = new Map<string, number>();
  let kept = 0;

  function find(id: string): Entry | undefined {
    const entry = tasks.get(id);
    return entry && entry.expiresAt > clock() ? entry : undefined;
  }

  function sweep(): void {
    const now = clock();
    for (const [id, { record, expiresAt }] of tasks) {
      if (expiresAt > now) continue;
      tasks.delete(id);
      kept -= charactersOf(record);
      count(record, -1);
    }
  }

  function count({ owner = '' }: Pick<TaskRecord, 'owner'>, by: number): number {
    const after = (counts.get(owner) ?? 0) + by;
    if (after > 0) counts.set(owner, after);
    else counts.delete(owner);
    return after;
  }

  function replace(entry: Entry, record: TaskRecord): void {
    const more = charactersOf(record) - charactersOf(entry.record);
    const room = hasEnded(record) ? END_CHARACTERS : 0;
    if (more > room && kept + more > characters) {
      sweep();
      if (kept + more > characters) throw new TooLongError('All tasks together', characters);
    }
    kept += more;
    entry.record = { ...record, updatedAt: Date.now() };
  }

  return {
    async create(task) {
      sweep();
      const limit = taskLimit(task);
      if ((counts.get(task.owner ?? '') ?? 0) >= limit) throw new TaskLimitError(limit);
      const now = Date.now();
      const record: TaskRecord = {
        ...task,
        status: 'working',
        createdAt: now,
        updatedAt: now,
        questions: {},
        answers: {},
      };
      tasks.set(task.id, { record, expiresAt: clock() + task.ttlMs });
      kept += charactersOf(record);
      count(record, 1);
      return record;
    },
    async read(id) {
      return find(id)?.record;
    },
    async update(id, patch) {
      const fitting = fittingPatch(patch);
      const entry = find(id);
      if (!entry || hasEnded(entry.record)) return false;
      replace(entry, patched(entry.record, fitting));
      return true;
    },
    async answer(id, answers) {
      requireAnswersFit(answers);
      const entry = find(id);
      if (!entry || hasEnded(entry.record)) return false;
      const { questions } = entry.record;
      const taken = Object.entries(answers).filter(([key]) => Object.hasOwn(questions, key));
      if (taken.length === 0) return false;
      const left = without(
        questions,
        taken.map(([key]) => key),
      );
      replace(entry, {
        ...entry.record,
        questions: left,
        answers: { ...entry.record.answers, ...Object.fromEntries(taken) },
        status: Object.keys(left).length > 0 ? 'input_required' : 'working',
      });
      return true;
    },
  };
}

function patched(
  record: TaskRecord,
  { message = record.message, detach, ask, taken = [], end }: TaskPatch,
): TaskRecord {
  if (end) return { ...record, message, node: undefined, questions: {}, answers: {}, ...end };
  return {
    ...record,
    message,
    node: detach ? undefined : record.node,
    answers: without(record.answers, taken),
    ...(ask && { status: 'input_required', questions: { ...record.questions, [ask.key]: ask.request } }),
  };
}

function without(texts: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !keys.includes(key)));
}

/** As many as a record takes, beside its fields of a fixed length. */
function charactersOf({ owner = '', message = '', outcome = '', questions, answers }: TaskRecord): number {
  const texts = [...Object.entries(questions), ...Object.entries(answers)].flat();
  return texts.reduce((sum, text) => sum + text.length, owner.length + message.length + outcome.length);
}

import { TooLongError } from './errors.js';
import {
  TASK_ANSWERS_BYTES,
  TASK_MESSAGE_CHARACTERS,
  TASK_OUTCOME_BYTES,
  TASK_QUESTION_BYTES,
  TASKS_OF_NOBODY,
  TASKS_PER_OWNER,
} from './limits.js';
import type { NewTask, TaskPatch } from './task-contract.js';

/** How many tasks may be of the same owner. */
export function taskLimit({ owner }: Pick<NewTask, 'owner'>): number {
  return owner === undefined ? TASKS_OF_NOBODY : TASKS_PER_OWNER;
}

/** The patch with a message of a length that is kept. Throws {@link TooLongError}. */
export function fittingPatch(patch: TaskPatch): TaskPatch {
  const { message, ask, end } = patch;
  if (ask) requireBytes('A question', ask.request, TASK_QUESTION_BYTES);
  if (end?.outcome !== undefined) requireBytes('The result of a task', end.outcome, TASK_OUTCOME_BYTES);
  return message === undefined ? patch : { ...patch, message: message.slice(0, TASK_MESSAGE_CHARACTERS) };
}

/** Throws {@link TooLongError}. */
export function requireAnswersFit(answers: Readonly<Record<string, string>>): void {
  requireBytes('The answers of one request', Object.entries(answers).flat().join(''), TASK_ANSWERS_BYTES);
}

function requireBytes(what: string, text: string, limit: number): void {
  if (Buffer.byteLength(text) > limit) throw new TooLongError(what, limit);
}

/** What a task is in (SEP-2663, "Task Status"); the last three are its end, which never changes. */
export type TaskStatus = 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';

/** What the store keeps of one task: a snapshot, that never changes. Times are milliseconds since the epoch. */
export interface TaskRecord {
  readonly id: string;
  /** Issuer and subject of the caller; absent where nobody had to sign in. */
  readonly owner?: string;
  /** The node that runs it; absent when it has ended, and when something else brings it to its end. */
  readonly node?: string;
  readonly status: TaskStatus;
  readonly message?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The lifetime from its creation, after which it is gone, whatever it is in. */
  readonly ttlMs: number;
  /** By key, the questions without an answer, as JSON text. */
  readonly questions: Readonly<Record<string, string>>;
  /** By key, the answers that nobody has taken yet, as JSON text. */
  readonly answers: Readonly<Record<string, string>>;
  /** The result of a completed one, the error of a failed one, as JSON text. */
  readonly outcome?: string;
}

/** What `create` needs; it begins as `working`. */
export type NewTask = Pick<TaskRecord, 'id' | 'owner' | 'node' | 'ttlMs'>;

/** A change of a task that has not ended: its parts are applied as one. */
export interface TaskPatch {
  /** In words, what it is in; cut off after `TASK_MESSAGE_CHARACTERS`. */
  readonly message?: string;
  /** It leaves its node: from now on, nobody asks whether that lives. */
  readonly detach?: true;
  /** One more question, as JSON text: it is `input_required` until all have their answers. */
  readonly ask?: { readonly key: string; readonly request: string };
  /** Answers that were taken, by their keys. */
  readonly taken?: readonly string[];
  /** Its end: what was asked and answered goes, and nothing is applied to it from now on. */
  readonly end?: { readonly status: 'completed' | 'failed' | 'cancelled'; readonly outcome?: string };
}

/**
 * Tasks, over all nodes. A task is gone when its lifetime is over, and whatever is asked of one that is gone is false or
 * undefined. Every method rejects with {@link StoreUnavailableError} when the storage does not answer.
 */
export interface TaskStore {
  /**
   * Persists a new task; when the promise resolves, every node can read it. Rejects with {@link TaskLimitError} where its
   * owner has `TASKS_PER_OWNER`, ended ones too; all who have no name together have `TASKS_OF_NOBODY`.
   */
  create(task: NewTask): Promise<TaskRecord>;
  read(id: string): Promise<TaskRecord | undefined>;
  /**
   * False when the task has ended, or is gone. Rejects with {@link TooLongError} for an outcome of more than
   * `TASK_OUTCOME_BYTES`, and a question of more than `TASK_QUESTION_BYTES`; in memory also where all tasks would have more than
   * `TASK_CHARACTERS_IN_MEMORY`, unless it is a short end.
   */
  update(id: string, patch: TaskPatch): Promise<boolean>;
  /**
   * Keeps answers, as JSON text, to questions that are open, which then are no more; all others are ignored. False when
   * nothing was kept. Rejects with {@link TooLongError} for answers of more than `TASK_ANSWERS_BYTES` together.
   */
  answer(id: string, answers: Readonly<Record<string, string>>): Promise<boolean>;
}

/** Whether a task is in a state that it never leaves. */
export function hasEnded({ status }: Pick<TaskRecord, 'status'>): boolean {
  return status !== 'working' && status !== 'input_required';
}

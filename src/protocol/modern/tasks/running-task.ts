import { inBackground } from '../../../net/background.js';
import type { DetachedTask } from '../../../catalog/context.js';
import type { HandedOn } from '../../../catalog/content.js';
import type { Logger } from '../../../log.js';
import type { RpcError } from '../../../rpc/errors.js';
import { RPC } from '../../../rpc/errors.js';
import { isObject } from '../../../rpc/messages.js';
import { TooLongError } from '../../../sessions/errors.js';
import type { TaskPatch, TaskRecord } from '../../../sessions/task-contract.js';
import { hasEnded } from '../../../sessions/task-contract.js';
import { shortSession } from '../../../text/secrets.js';
import { forgettable } from '../../errors.js';
import { HANDED_ON } from '../../handlers/tools.js';
import type { OpenRequest } from '../../open-requests.js';
import type { Params } from '../../params.js';
import type { InputRequest, LiveAsker, Reading } from '../replay.js';
import { changeTask, detachedTask, failedEnd } from './detached-task.js';
import type { TaskStorage } from './detached-task.js';

/** Questions that one task may ask. */
export const QUESTIONS_PER_TASK = 200;
/** How often a task looks into its record by itself: a message that it has answers, or was cancelled, may be lost, ms. */
const LOOK_MS = 5_000;
/** How often the message is written at most that says what a task is in, ms. */
const SAY_MS = 1_000;
/** How long after a failure the end of a task is written again, until its lifetime is over, ms. */
const RETRY_MS = 1_000;

type Fault = Pick<RpcError, 'code' | 'message' | 'data'>;

/** The task is no longer its handler's: it was cancelled, has expired, or was handed on. */
class TaskGoneError extends Error {
  readonly code = 'TASK_GONE';
  constructor(why: string) {
    super(why);
    this.name = 'TaskGoneError';
  }
}

/** A task whose handler runs on this node. What it is in, is in the record: what is here is how it gets there. */
export class RunningTask implements LiveAsker {
  private readonly waiting = new Map<string, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  private readonly usedKeys = new Set<string>();
  private readonly lookTimer: ReturnType<typeof setInterval>;
  private readonly expiry: ReturnType<typeof setTimeout>;
  private looking: Promise<void> | undefined;
  private lookAgain = false;
  private unsaid: string | undefined;
  private sayTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly expiresAt: number;
  /** Whether it is still its handler's. */
  private held = true;
  private handedOn = false;

  constructor(
    readonly record: TaskRecord,
    private readonly storage: TaskStorage,
    private readonly open: OpenRequest,
    private readonly logger: Logger,
    /** Called once, when it is no longer run here. */
    private readonly onLeft: (task: RunningTask) => void,
  ) {
    const { ttlMs } = record;
    this.expiresAt = performance.now() + ttlMs;
    this.lookTimer = inBackground(setInterval(() => this.look(), LOOK_MS));
    this.expiry = inBackground(setTimeout(() => this.stop('The task has expired'), ttlMs));
  }

  /** Whether it does nothing until its client has answered. */
  get isWaiting(): boolean {
    return this.waiting.size > 0;
  }

  async ask(shown: string, request: InputRequest, read: Reading): Promise<Params> {
    for (;;) {
      const given = await this.answerTo(this.freshKey(shown), request);
      const answer = isObject(given) ? await read(given) : undefined;
      if (answer) return answer;
    }
  }

  /** Says what the task is in; of what is said within an interval, the last is written at its end. Never rejects. */
  async say(message: string): Promise<void> {
    if (!this.held) return;
    if (this.sayTimer) {
      this.unsaid = message;
      return;
    }
    this.sayTimer = inBackground(
      setTimeout(() => {
        this.sayTimer = undefined;
        const { unsaid } = this;
        this.unsaid = undefined;
        if (unsaid !== undefined) void this.say(unsaid);
      }, SAY_MS),
    );
    await this.change({ message }).catch((error: unknown) => this.note(error));
  }

  /** Gives it to whoever `handOn` tells of it. */
  async handOn(handOn: (task: DetachedTask) => void | Promise<void>): Promise<HandedOn> {
    if (!this.held) throw new TaskGoneError('The task has ended');
    this.handedOn = true;
    await handOn(detachedTask(this.storage, this.record.id));
    // Not before somebody has it: until then it fails with its node. Who has it may have ended it by now.
    await changeTask(this.storage, this.record.id, { detach: true });
    this.leave('The task was handed on');
    return HANDED_ON;
  }

  /** Its handler has ended with a result. */
  async completed(result: unknown): Promise<void> {
    if (this.handedOn || !this.held) return;
    let outcome: string;
    try {
      outcome = JSON.stringify(result);
    } catch (error) {
      this.logger.error({ ...this.fields, err: error }, 'the result of a task can not be written as JSON');
      return this.failed({ code: RPC.internalError, message: 'Internal error' });
    }
    await this.end({ message: this.unsaid, end: { status: 'completed', outcome } });
  }

  /** Its handler has ended with an error, or could not hand it on. */
  async failed({ code, message, data }: Fault): Promise<void> {
    if (!this.held && !this.handedOn) return;
    await this.end({ message, end: { status: 'failed', outcome: JSON.stringify({ code, message, data }) } });
  }

  /** Nobody will ever ask for it: its client left before it had the id. */
  async abandoned(): Promise<void> {
    if (this.held) await this.end({ end: { status: 'cancelled' } });
  }

  /** The node stops. */
  async interrupted(message: string): Promise<void> {
    if (!this.held) return;
    this.stop(message);
    await changeTask(this.storage, this.record.id, failedEnd(message)).catch((error: unknown) => this.note(error));
  }

  /** Takes the answers that have come, and stops the work of a task that was ended elsewhere. */
  look(): void {
    this.lookAgain = true;
    this.looking ??= this.lookUntilDone()
      .catch((error: unknown) => this.note(error))
      .finally(() => (this.looking = undefined));
  }

  /** Its record has its end already, or is gone: the handler hears so, and what it does from now on is discarded. */
  private stop(why: string): void {
    if (!this.held) return;
    this.leave(why);
    this.open.abort(new TaskGoneError(why));
  }

  private async lookUntilDone(): Promise<void> {
    while (this.lookAgain && this.held) {
      this.lookAgain = false;
      const record = await this.storage.tasks.read(this.record.id);
      if (!record || hasEnded(record)) return this.stop(record ? `The task was ${record.status}` : 'The task is gone');
      const taken = Object.keys(record.answers).filter((key) => this.waiting.has(key));
      if (taken.length === 0) continue;
      // Before the record knows: that it was told may get lost, and the answers are gone from it then.
      for (const key of taken) {
        this.waiting.get(key)?.resolve(JSON.parse(record.answers[key] as string));
        this.waiting.delete(key);
      }
      await this.storage.tasks.update(record.id, { taken });
    }
  }

  private async answerTo(key: string, request: InputRequest): Promise<unknown> {
    if (!this.held) throw new TaskGoneError('The task can no longer ask');
    const answer = forgettable(new Promise<unknown>((resolve, reject) => this.waiting.set(key, { resolve, reject })));
    try {
      await this.change({ ask: { key, request: JSON.stringify(request) } });
    } catch (error) {
      this.waiting.delete(key);
      throw error;
    }
    return answer;
  }

  /** A key that this task has not used: the same one would name two questions (SEP-2663, "Task Update Requests"). */
  private freshKey(shown: string): string {
    if (this.usedKeys.size >= QUESTIONS_PER_TASK)
      throw new TypeError(`A task can ask at most ${QUESTIONS_PER_TASK} questions`);
    let key = shown;
    for (let attempt = 1; this.usedKeys.has(key); attempt += 1) key = `${shown}~${attempt}`;
    this.usedKeys.add(key);
    return key;
  }

  private async change(patch: TaskPatch): Promise<boolean> {
    const changed = await changeTask(this.storage, this.record.id, patch);
    if (!changed) this.stop('The task has ended');
    return changed;
  }

  /** Writes its end, however long the storage is away: until then, the task is as it was. */
  private async end(wanted: TaskPatch): Promise<void> {
    this.leave('The task has ended');
    const { id } = this.record;
    let patch = wanted;
    for (;;) {
      try {
        const ended = await changeTask(this.storage, id, patch);
        if (ended)
          this.logger.info({ ...this.fields, status: patch.end?.status, durationMs: this.ageMs }, 'task ended');
        return;
      } catch (error) {
        this.note(error);
        if (error instanceof TooLongError && patch === wanted) {
          patch = failedEnd(error.message);
          continue;
        }
      }
      if (performance.now() > this.expiresAt) return;
      await new Promise((resolve) => inBackground(setTimeout(resolve, RETRY_MS)));
    }
  }

  private leave(why: string): void {
    if (!this.held) return;
    this.held = false;
    clearInterval(this.lookTimer);
    clearTimeout(this.expiry);
    clearTimeout(this.sayTimer);
    for (const { reject } of this.waiting.values()) reject(new TaskGoneError(why));
    this.waiting.clear();
    this.onLeft(this);
  }

  private get ageMs(): number {
    return Math.round(this.record.ttlMs - (this.expiresAt - performance.now()));
  }

  private get fields(): Record<string, unknown> {
    return { task: shortSession(this.record.id), tool: this.open.request.params?.name };
  }

  private note(error: unknown): void {
    this.logger.warn({ ...this.fields, err: error }, 'a task could not be read or written');
  }
}

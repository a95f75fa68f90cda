import { inBackground } from '../../../net/background.js';
import type { RpcError } from '../../../rpc/errors.js';
import type { OpenRequest } from '../../open-requests.js';
import type { Facts } from '../../served.js';
import type { Replay } from '../replay.js';
import type { RunningTask } from './running-task.js';
import type { Tasks } from './tasks.js';

export interface PromotionOptions {
  readonly tasks: Tasks;
  readonly open: OpenRequest;
  readonly facts: Facts;
  readonly replay: () => Replay;
  /** Called when the call is a task: its client can be told. */
  readonly onTask: (task: RunningTask) => void;
  /** What a client is told of what a handler threw. */
  readonly faultOf: (error: unknown) => Pick<RpcError, 'code' | 'message' | 'data'>;
}

/** The way of a call that may become a task: when it does, its handler goes on as it was, and its end is the task's. */
export class Promotion {
  private begun: Promise<RunningTask> | undefined;
  private made: RunningTask | undefined;
  private isOver = false;

  constructor(private readonly options: PromotionOptions) {}

  /** The task that the call has become. */
  get current(): RunningTask | undefined {
    return this.made;
  }

  /** The task that it is or is just becoming; undefined where it is none, or could not become one. */
  async task(): Promise<RunningTask | undefined> {
    return this.begun?.catch(() => undefined);
  }

  /** Makes it a task, where it is none. Rejects where that can't be: then it goes on as the call it is. */
  async become(): Promise<RunningTask> {
    const { replay } = this.options;
    if (!this.begun && this.isOver) throw new TypeError('A call that has ended can not become a task');
    if (!this.begun && replay().isWaiting)
      throw new TypeError('A call that waits for an answer can not become a task: await the answer first');
    this.begun ??= this.start();
    return this.begun;
  }

  /** Runs the handler. What it gives or throws is also the end of the task, where it has become one. */
  async run(handler: () => Promise<unknown>, atOnce: boolean): Promise<unknown> {
    try {
      return await this.runToEnd(handler, atOnce);
    } finally {
      this.options.tasks.ended(this.options.open);
    }
  }

  private async runToEnd(handler: () => Promise<unknown>, atOnce: boolean): Promise<unknown> {
    if (atOnce) await this.become();
    const timer = atOnce ? undefined : inBackground(setTimeout(() => this.outlasted(), this.options.tasks.afterMs));
    let result: unknown;
    try {
      result = await handler();
    } catch (error) {
      const task = await this.task();
      if (task && !this.options.replay().isSuspended) await this.fail(task, error);
      throw error;
    } finally {
      this.isOver = true;
      clearTimeout(timer);
    }
    const task = await this.task();
    await task?.completed(result);
    return result;
  }

  private outlasted(): void {
    const { open, facts, replay } = this.options;
    // What has asked ends its round with a question.
    if (open.isAborted || replay().isWaiting) return;
    this.become().catch((error: unknown) =>
      facts.logger.debug({ requestId: facts.requestId, err: error }, 'a call could not become a task, and goes on'),
    );
  }

  private async start(): Promise<RunningTask> {
    const { tasks, open, facts, onTask } = this.options;
    try {
      this.made = await tasks.start(open, facts);
    } catch (error) {
      this.begun = undefined;
      throw error;
    }
    if (open.isAborted) await this.made.abandoned();
    else onTask(this.made);
    return this.made;
  }

  private async fail(task: RunningTask, error: unknown): Promise<void> {
    // Its client left while it was told of the task, or the task was stopped, which has said so.
    if (this.options.open.isAborted) await task.abandoned();
    else await task.failed(this.options.faultOf(error));
  }
}

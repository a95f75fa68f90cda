import type { Logger } from '../../../log.js';
import { RPC, RpcError } from '../../../rpc/errors.js';
import { TaskLimitError, TooLongError } from '../../../sessions/errors.js';
import type { TaskRecord } from '../../../sessions/task-contract.js';
import { hasEnded } from '../../../sessions/task-contract.js';
import type { OpenRequest } from '../../open-requests.js';
import type { Params } from '../../params.js';
import { objectIn, stringIn } from '../../params.js';
import type { Facts } from '../../served.js';
import type { TaskStorage } from './detached-task.js';
import { changeTask, failedEnd } from './detached-task.js';
import { detailsOf } from './extension.js';
import { RunningTask } from './running-task.js';

/** The bus's message to the node that runs a task: its record has something for it. */
const LOOK = 'task-look';

/** What a task fails with whose node is no more. */
const LOST = 'The node that ran this task died before it had ended: call again';
const STOPPED = 'The server stopped before this task had ended: call again';
/** Characters, as JSON, of the calls that a node runs as tasks: each is answered, so that no client's patience bounds them. */
export const RUNNING_CHARACTERS = 32_000_000;
const METHODS: ReadonlySet<string> = new Set(['tasks/get', 'tasks/update', 'tasks/cancel']);

export interface TasksOptions {
  /** Seen by every node that may be asked about a task. */
  readonly storage: TaskStorage;
  /** How long a call of a tool that may become a task is waited for, ms. */
  readonly afterMs: number;
  /** How long a task lives, ms. */
  readonly ttlMs: number;
  readonly logger: Logger;
}

/** The tasks of a server (SEP-2663): those that this node runs, and the way to those that others do. */
export class Tasks {
  readonly afterMs: number;
  readonly storage: TaskStorage;
  private readonly running = new Map<string, RunningTask>();
  /** The characters of each call that is a task, until its handler has ended. */
  private readonly held = new Map<OpenRequest, number>();
  private heldCharacters = 0;
  private readonly stopHearing: () => void;

  constructor(private readonly options: TasksOptions) {
    const { storage, afterMs } = options;
    this.afterMs = afterMs;
    this.storage = storage;
    this.stopHearing = storage.bus.onMessage(({ kind, taskId }) => {
      if (kind === LOOK) this.running.get(String(taskId))?.look();
    });
  }

  /** Makes a call a task: its record is there for every node when this resolves. Rejects with {@link RpcError} at a bound. */
  async start(open: OpenRequest, { owner }: Facts): Promise<RunningTask> {
    const { storage, ttlMs, logger } = this.options;
    this.hold(open);
    const id = crypto.randomUUID();
    const record = await storage.tasks
      .create({ id, owner, node: storage.bus.nodeId, ttlMs })
      .catch((error: unknown) => {
        throw error instanceof TaskLimitError ? new RpcError(RPC.invalidParams, error.message) : error;
      });
    const task = new RunningTask(record, storage, open, logger, () => this.running.delete(id));
    this.running.set(id, task);
    return task;
  }

  /** The handler of a call has ended, whether it became a task or not. */
  ended(open: OpenRequest): void {
    this.heldCharacters -= this.held.get(open) ?? 0;
    this.held.delete(open);
  }

  serves(method: string): boolean {
    return METHODS.has(method);
  }

  /** Serves `tasks/get`, `tasks/update` and `tasks/cancel`. Rejects with {@link RpcError} -32602 for a task that is not this caller's. */
  async serve(method: string, params: Params, owner: string | undefined, stamp: Params): Promise<Params> {
    const record = await this.read(stringIn(params, 'taskId'), owner);
    if (!record) throw new RpcError(RPC.invalidParams, 'Task not found: there is none of this id, or it has expired');
    if (method === 'tasks/get') return detailsOf(record, stamp);
    if (method === 'tasks/update') await this.update(record, objectIn(params, 'inputResponses'));
    else await this.cancel(record);
    return {};
  }

  /** The task, if it is this owner's; one whose node has died has failed. */
  async read(id: string, owner: string | undefined): Promise<TaskRecord | undefined> {
    const { tasks } = this.storage;
    const record = await tasks.read(id);
    if (!record || record.owner !== owner) return undefined;
    if (await this.hasNode(record)) return record;
    await changeTask(this.storage, id, failedEnd(LOST));
    return tasks.read(id);
  }

  /** Whether somebody still brings it to its end, where it is a node that does. */
  async hasNode(record: TaskRecord): Promise<boolean> {
    return hasEnded(record) || record.node === undefined || this.storage.bus.isAlive(record.node);
  }

  /** Whether no task is worked on here; for answers, nobody waits. */
  get isIdle(): boolean {
    return [...this.running.values()].every((task) => task.isWaiting);
  }

  /** Fails what still runs here, and says why. */
  async close(): Promise<void> {
    this.stopHearing();
    await Promise.all([...this.running.values()].map((task) => task.interrupted(STOPPED)));
  }

  private hold(open: OpenRequest): void {
    this.ended(open);
    const characters = JSON.stringify(open.request.params).length;
    if (this.heldCharacters + characters > RUNNING_CHARACTERS)
      throw new RpcError(RPC.invalidParams, 'The server runs as many tasks as it can hold: try again later');
    this.held.set(open, characters);
    this.heldCharacters += characters;
  }

  private async update(record: TaskRecord, responses: Params): Promise<void> {
    const open = Object.keys(responses).filter((key) => Object.hasOwn(record.questions, key));
    if (open.length === 0) return;
    const answers = Object.fromEntries(open.map((key) => [key, JSON.stringify(responses[key])]));
    try {
      if (!(await this.storage.tasks.answer(record.id, answers))) return;
    } catch (error) {
      throw error instanceof TooLongError ? new RpcError(RPC.invalidParams, error.message) : error;
    }
    this.storage.changes.publish({ kind: 'task', taskId: record.id });
    this.tell(record);
  }

  private async cancel(record: TaskRecord): Promise<void> {
    const message = 'Cancelled by its client';
    if (await changeTask(this.storage, record.id, { message, end: { status: 'cancelled' } })) this.tell(record);
  }

  /** Has the node look that runs it; one that does not hear it looks by itself in a while. */
  private tell({ id, node }: TaskRecord): void {
    if (node === undefined) return;
    this.storage.bus
      .send(node, { kind: LOOK, sessionId: '', taskId: id })
      .catch((error: unknown) => this.options.logger.debug({ err: error }, 'the node of a task was not told'));
  }
}

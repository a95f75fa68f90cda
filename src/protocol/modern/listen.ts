import type { CallContext } from '../../catalog/context.js';
import { META } from '../../rpc/era.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import type { RequestId } from '../../rpc/messages.js';
import type { Change, ChangeFeed } from '../../sessions/contract.js';
import type { CompiledCatalog } from '../compile.js';
import { canChange, entryAt } from '../handlers/resources.js';
import type { Params } from '../params.js';
import { objectIn } from '../params.js';
import type { Sink } from '../served.js';
import type { WatchedTasks } from './tasks/watched-tasks.js';

/** Resources that one subscription may name, and characters of one URI. */
export const LISTEN_URIS = 200;
const URI_CHARACTERS = 2_048;
/** Tasks that one subscription may name, and characters of an id. */
export const LISTEN_TASKS = 200;
const TASK_ID_CHARACTERS = 200;

const LISTS = { toolsListChanged: 'tools', promptsListChanged: 'prompts', resourcesListChanged: 'resources' } as const;
type ListFilter = keyof typeof LISTS;

/** What a client wants to hear of (schema.ts, `SubscriptionFilter`; SEP-2663). */
export interface Filter {
  readonly lists: readonly ListFilter[];
  readonly uris: readonly string[];
  /** Absent where no tasks are asked for. */
  readonly taskIds?: readonly string[];
}

/** Reads the filter of `subscriptions/listen`. Throws {@link RpcError} -32602. */
export function readFilter(params: Params): Filter {
  const wanted = objectIn(params, 'notifications');
  const lists = (Object.keys(LISTS) as ListFilter[]).filter((name) => {
    const value = wanted[name];
    if (value !== undefined && typeof value !== 'boolean') throw invalid(name, 'must be true or false');
    return value === true;
  });
  const { resourceSubscriptions: uris = [], taskIds } = wanted;
  return {
    lists,
    uris: textsIn('resourceSubscriptions', uris, LISTEN_URIS, URI_CHARACTERS),
    ...(taskIds !== undefined && { taskIds: textsIn('taskIds', taskIds, LISTEN_TASKS, TASK_ID_CHARACTERS) }),
  };
}

/** The part of a filter that is honoured: lists that change, and resources that change and that this caller may read. Tasks are looked up later. */
export function honoured({ lists, uris, ...more }: Filter, compiled: CompiledCatalog, context: CallContext): Filter {
  return {
    ...more,
    lists: lists.filter((name) => compiled.capabilities[LISTS[name]]?.listChanged === true),
    uris: uris.filter((uri) => {
      const entry = entryAt(compiled, uri);
      return entry && canChange(entry) && (entry.available?.(context) ?? true);
    }),
  };
}

/**
 * One subscription (2026-07-28, basic/patterns/subscriptions): acknowledged first, then told of what has changed. A reader that is
 * slow is told once of what changed several times meanwhile, so that no more waits for it than it has asked for.
 */
export class Subscription {
  private readonly waiting = new Map<string, () => Promise<void>>();
  private telling = true;
  private unfollow: (() => void) | undefined;
  private isClosed = false;

  constructor(
    private readonly id: RequestId,
    private readonly filter: Filter,
    private readonly owner: string | undefined,
    private readonly sink: Sink,
    /** It can't go on: what it has to tell can't be written. */
    private readonly onFailure: (error: unknown) => void,
    private readonly tasks?: WatchedTasks,
  ) {}

  /** Follows first and acknowledges then: nothing that happens after the acknowledgement is missed. */
  async open(changes: ChangeFeed | undefined): Promise<void> {
    const { lists, uris, taskIds = [] } = this.filter;
    const unfollow = await changes?.follow((change) => this.hear(change));
    // It may have ended meanwhile.
    if (this.isClosed) return unfollow?.();
    this.unfollow = unfollow;
    await this.send('notifications/subscriptions/acknowledged', {
      notifications: {
        ...Object.fromEntries(lists.map((name) => [name, true])),
        ...(uris.length > 0 && { resourceSubscriptions: uris }),
        ...(taskIds.length > 0 && { taskIds }),
      },
    });
    // How each is now: it may have ended between the look at it and the following.
    for (const taskId of taskIds) this.hear({ kind: 'task', taskId });
    this.tasks?.watch((taskId) => this.hear({ kind: 'task', taskId }));
    await this.tell();
  }

  /** Whether there is nothing that it could ever be told of. */
  get isEmpty(): boolean {
    const { lists, uris, taskIds = [] } = this.filter;
    return lists.length === 0 && uris.length === 0 && taskIds.length === 0;
  }

  close(): void {
    this.isClosed = true;
    this.unfollow?.();
    this.tasks?.close();
    this.waiting.clear();
  }

  private hear({ kind, uri, taskId, owner }: Change): void {
    if (this.isClosed || (owner !== undefined && owner !== this.owner)) return;
    const { lists, uris, taskIds } = this.filter;
    if (kind === 'task') {
      if (taskId === undefined || !taskIds?.includes(taskId)) return;
      this.waiting.set(`task ${taskId}`, () => this.tellOfTask(taskId));
    } else if (kind !== 'resource') {
      if (!lists.some((name) => LISTS[name] === kind)) return;
      this.waiting.set(kind, () => this.send(`notifications/${kind}/list_changed`, {}));
    } else {
      if (uri === undefined || !uris.includes(uri)) return;
      this.waiting.set(`resource ${uri}`, () => this.send('notifications/resources/updated', { uri }));
    }
    if (!this.telling) this.tell().catch(this.onFailure);
  }

  private async tell(): Promise<void> {
    this.telling = true;
    try {
      for (const [what, send] of this.waiting) {
        this.waiting.delete(what);
        await send();
      }
    } finally {
      this.telling = false;
    }
  }

  private async tellOfTask(taskId: string): Promise<void> {
    const details = await this.tasks?.detailsOf(taskId);
    if (details) await this.send('notifications/tasks', details);
  }

  private send(method: string, params: Params): Promise<void> {
    const stamped = { _meta: { [META.subscriptionId]: this.id }, ...params };
    return this.sink.notify({ jsonrpc: '2.0', method, params: stamped }, this.id);
  }
}

/** Subscriptions that one caller may have open at once; of callers without a name, each connection is bounded by itself. */
export const LISTENS_PER_CALLER = 100;

/** Who listens, and how often. */
export class Listens {
  private readonly counts = new Map<string, number>();

  /** Counts one more, until the function is called that it returns. Throws {@link RpcError} beyond the bound. */
  enter(caller: string | undefined): () => void {
    if (caller === undefined) return () => undefined;
    const count = this.counts.get(caller) ?? 0;
    if (count >= LISTENS_PER_CALLER)
      throw new RpcError(
        RPC.invalidParams,
        `A caller can have at most ${LISTENS_PER_CALLER} subscriptions open at once`,
      );
    this.counts.set(caller, count + 1);
    return () => {
      const left = (this.counts.get(caller) ?? 1) - 1;
      if (left > 0) this.counts.set(caller, left);
      else this.counts.delete(caller);
    };
  }
}

function textsIn(name: string, value: unknown, count: number, characters: number): string[] {
  const isText = (each: unknown) => typeof each === 'string' && each.length <= characters;
  if (!Array.isArray(value) || !value.every(isText))
    throw invalid(name, `must be a list of texts of at most ${characters} characters`);
  if (value.length > count) throw invalid(name, `must have at most ${count} entries`);
  return [...new Set(value as string[])];
}

function invalid(name: string, what: string): RpcError {
  return new RpcError(RPC.invalidParams, `Invalid params: params.notifications.${name}: ${what}`);
}

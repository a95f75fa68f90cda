import { inBackground } from '../../../net/background.js';
import type { TaskRecord } from '../../../sessions/task-contract.js';
import { hasEnded } from '../../../sessions/task-contract.js';
import type { Params } from '../../params.js';
import { detailsOf } from './extension.js';
import type { Tasks } from './tasks.js';

/** How often it is looked whether the nodes live that run the tasks, ms: a node that dies tells nobody. */
const WATCH_MS = 1_000;

/** The tasks that one subscription names, as their owner may see them. */
export class WatchedTasks {
  /** Those that have not ended, as they were last seen. */
  private readonly open = new Map<string, TaskRecord>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private isLooking = false;

  constructor(
    private readonly tasks: Tasks,
    private readonly owner: string | undefined,
    private readonly stamp: Params,
  ) {}

  /** Those of the ids that are tasks of this owner. */
  async known(ids: readonly string[]): Promise<readonly string[]> {
    const records = await Promise.all(ids.map((id) => this.read(id)));
    return ids.filter((_id, index) => records[index]);
  }

  /** The task as `tasks/get` would have it; undefined when it is gone. */
  async detailsOf(id: string): Promise<Params | undefined> {
    const record = await this.read(id);
    return record && detailsOf(record, this.stamp);
  }

  /** Calls `changed` for each task whose node has died, until it is closed. */
  watch(changed: (id: string) => void): void {
    this.timer ??= inBackground(setInterval(() => void this.look(changed), WATCH_MS));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async read(id: string): Promise<TaskRecord | undefined> {
    const record = await this.tasks.read(id, this.owner);
    if (record && !hasEnded(record)) this.open.set(id, record);
    else this.open.delete(id);
    return record;
  }

  private async look(changed: (id: string) => void): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const nodes = new Map([...this.open.values()].map((record) => [record.node, record]));
      for (const [node, record] of nodes) {
        if (await this.tasks.hasNode(record)) continue;
        for (const each of this.open.values()) if (each.node === node) changed(each.id);
      }
    } catch {
      // Redis is away, which others tell: the next look finds the same.
    } finally {
      this.isLooking = false;
    }
  }
}

import { META } from '../../rpc/era.js';
import type { ChangeFeed } from '../../sessions/contract.js';
import type { Answer } from '../answer.js';
import { resultAnswer } from '../answer.js';
import type { OpenRequest } from '../open-requests.js';
import type { Facts, Sink } from '../served.js';
import type { Filter, Listens } from './listen.js';
import { Subscription } from './listen.js';
import type { WatchedTasks } from './tasks/watched-tasks.js';

/** Node's longest timer, ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** What all who listen share. */
export interface Audience {
  readonly listens: Listens;
  readonly changes?: ChangeFeed;
}

/** One request `subscriptions/listen`, from its acknowledgement to its end. */
export class Listening {
  /** Ends it, with its result. */
  end: () => void = () => undefined;

  constructor(
    private readonly audience: Audience,
    private readonly facts: Facts,
    private readonly sink: Sink,
    /** What its result says of who answers. */
    private readonly stamp: Readonly<Record<string, unknown>>,
    private readonly tasks?: WatchedTasks,
  ) {}

  /** Listens until nobody hears any more, the server stops or the token expires; the last two end with a result. */
  async run(open: OpenRequest, wanted: Filter): Promise<Answer> {
    const { id } = open.request;
    const { owner, validUntil, transport } = this.facts;
    const { listens, changes } = this.audience;
    const leave = listens.enter(owner ?? (transport === 'stdio' ? transport : undefined));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ended = new Promise<void>((resolve) => {
      this.end = resolve;
      open.signal.addEventListener('abort', () => resolve(), { once: true });
      if (validUntil !== undefined) timer = setTimeout(resolve, Math.min(validUntil - Date.now(), LONGEST_TIMER_MS));
    });
    // To listen is no work: the time that a call may take stands still.
    const listened = open.asks();
    let subscription: Subscription | undefined;
    try {
      const filter = { ...wanted, taskIds: await this.tasks?.known(wanted.taskIds ?? []) };
      subscription = new Subscription(id, filter, owner, this.sink, () => this.end(), this.tasks);
      await subscription.open(changes);
      if (!subscription.isEmpty) await ended;
    } finally {
      clearTimeout(timer);
      subscription?.close();
      listened();
      leave();
    }
    return resultAnswer(id, { resultType: 'complete', _meta: { [META.subscriptionId]: id, ...this.stamp } });
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../net/time-limit.js';
import type { RpcMessage, RpcNotification, RpcRequest, RpcResponse } from '../rpc/messages.js';
import type { MessageBus } from '../sessions/contract.js';
import { READ_AFTER } from './far-calls.js';
import type { Voice } from './live-server.js';

/** Notifications about one call that are on their way to its node, and how long one waits for them to be written there, ms. */
const UNREAD_LIMIT = 4 * READ_AFTER;
const READ_MS = 30_000;
/** How often, and how far apart in ms, an answer is sent again while the bus does not take it. */
const ANSWER_TRIES = 120;
const ANSWER_PAUSE_MS = 1_000;

/** Speaks to a client of another node, about one call of its. */
export class FarVoice implements Voice {
  private unread = 0;
  private readers: (() => void)[] = [];

  constructor(
    private readonly bus: MessageBus,
    private readonly to: { readonly node: string; readonly sessionId: string; readonly call: string },
    /** There is no such node any more. */
    private readonly onGone: () => void,
  ) {}

  /** That many were written there. */
  read(count: number): void {
    this.unread -= count;
    for (const resume of this.readers.splice(0)) resume();
  }

  async notify(notification: RpcNotification): Promise<void> {
    if (this.unread >= UNREAD_LIMIT) {
      await within(new Promise<void>((resolve) => this.readers.push(resolve)), READ_MS, () => undefined);
      if (this.unread >= UNREAD_LIMIT) return;
    }
    this.unread += 1;
    await this.say('notify', notification);
  }

  async ask(question: RpcRequest): Promise<void> {
    if (!(await this.say('ask', question))) throw new Error('The client is gone, so it cannot be asked anything');
  }

  heard(): void {
    this.say('heard').catch(() => undefined);
  }

  answer(response: RpcResponse): void {
    void this.answerOnce(response);
  }

  private async answerOnce(response: RpcResponse): Promise<void> {
    for (let attempt = 0; attempt < ANSWER_TRIES; attempt += 1) {
      try {
        await this.say('answer', response);
        return;
      } catch {
        await delay(ANSWER_PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  private async say(say: string, message?: RpcMessage): Promise<boolean> {
    const { node, sessionId, call } = this.to;
    const isThere = await this.bus.send(node, { kind: 'child-said', sessionId, call, say, message });
    if (!isThere) this.onGone();
    return isThere;
  }
}

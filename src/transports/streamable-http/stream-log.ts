import { inBackground } from '../../net/background.js';
import type { RequestId } from '../../rpc/messages.js';
import type { Storage } from '../../sessions/contract.js';
import { StoreUnavailableError } from '../../sessions/errors.js';

/** How often, and how far apart in ms, the end of a stream is tried again while the store does not answer. */
const END_TRIES = 1_800;
const END_PAUSE_MS = 1_000;

/** The standalone stream of every session. */
export const STANDALONE = 'standalone';

/** The stream of one exchange, and of which node it is: whoever follows it can ask whether that node lives. */
export function streamIdOf(nodeId: string, exchange: number): string {
  return `${nodeId}.${exchange}`;
}

/** The node that writes a stream; undefined for the standalone stream, which every node writes. */
export function nodeOf(streamId: string): string | undefined {
  return streamId === STANDALONE ? undefined : streamId.split('.')[0];
}

/** The stream of an event id; undefined where the text can't be one. */
export function streamOf(eventId: string): string | undefined {
  const found = /^([\w.-]{1,100}):[\w-]{1,64}$/.exec(eventId);
  return found?.[1];
}

/** The log of one exchange's stream. */
export class StreamLog {
  constructor(
    private readonly storage: Storage,
    private readonly sessionId: string,
    readonly streamId: string,
  ) {}

  /**
   * Writes the opening event: the ids of the requests that the stream answers, so that a node that finds the
   * writer dead knows what is owed. Resolves to its event id.
   */
  async open(ids: readonly RequestId[]): Promise<string | undefined> {
    return (await this.write([JSON.stringify(ids)], false))[0];
  }

  /**
   * Appends events and resolves to their ids; to none when the store did not take them: the messages must then
   * reach the client without. The end of the stream is tried again until the store is back.
   */
  async append(messages: readonly string[], last: boolean): Promise<readonly string[]> {
    try {
      return await this.write(messages, last);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      if (last) void this.endLater(messages);
      return [];
    }
  }

  private async write(messages: readonly string[], last: boolean): Promise<readonly string[]> {
    // No waiting for a store that is known to be away: the client waits already.
    if (this.storage.status() !== 'ready') throw new StoreUnavailableError();
    return this.storage.events.append({ sessionId: this.sessionId, streamId: this.streamId, messages, last });
  }

  private async endLater(messages: readonly string[]): Promise<void> {
    for (let attempt = 0; attempt < END_TRIES; attempt += 1) {
      await new Promise((resolve) => inBackground(setTimeout(resolve, END_PAUSE_MS)));
      try {
        await this.write(messages, true);
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) return;
      }
    }
  }
}

import type { RequestId } from '../../rpc/messages.js';
import { errorAnswer, RPC } from '../../rpc/errors.js';
import type { LogEvent, Storage } from '../../sessions/contract.js';

/** What a call gets whose node died before it had answered. */
const LOST = 'The node that served this request died before it could answer: call again';

/**
 * Ends a stream for the node that can't any more: every request it still owed gets an error answer. Of several followers
 * that do so at once one wins, because a stream takes nothing after its last event.
 */
export async function endForDeadNode(storage: Storage, sessionId: string, streamId: string): Promise<void> {
  const events = await readAll(storage, sessionId, streamId);
  const answers = owedIn(events).map((id) =>
    JSON.stringify(errorAnswer(id, { code: RPC.internalError, message: LOST })),
  );
  await storage.events.append({ sessionId, streamId, messages: answers.length > 0 ? answers : [''], last: true });
}

async function readAll({ events }: Storage, sessionId: string, streamId: string): Promise<LogEvent[]> {
  const all: LogEvent[] = [];
  // A log holds a bounded number of events, so this ends.
  for (;;) {
    const next = await events.read(sessionId, streamId, all.at(-1)?.id);
    if (next.length === 0) return all;
    all.push(...next);
  }
}

/** The ids of the opening event, without those that were answered. */
function owedIn(events: readonly LogEvent[]): RequestId[] {
  const messages = events.filter(({ message }) => message !== '').map(({ message }) => JSON.parse(message) as unknown);
  const ids = messages.find((message): message is RequestId[] => Array.isArray(message)) ?? [];
  const answered = new Set(
    messages
      .map((message) => message as { id?: RequestId; method?: string })
      .filter(({ method }) => method === undefined)
      .map(({ id }) => id),
  );
  return ids.filter((id) => !answered.has(id));
}

import type { Transport } from '@modelcontextprotocol/client';
import { within } from '../net/time-limit.js';
import { asMeant } from './as-meant.js';
import { asksTooMuch } from './questions.js';

/** How long closing waits for messages that are on their way, ms. */
export const CLOSING_TIMEOUT_MS = 1_000;

export type Direction = 'sent' | 'received';
/** Gets every JSON-RPC message: what it is, and which way it went. */
export type TraceListener = (direction: Direction, message: unknown) => void;

/** What stands around a transport: it shows the messages, and knows which are still on their way. */
export interface Traced {
  /** Resolves when all that was sent has left, or after a second: a cancellation must not be cut off by the closing. */
  settled(): Promise<void>;
}

/** Shows all JSON-RPC traffic of a transport. Call it before `Client.connect`. */
export function trace(transport: Transport, listener: TraceListener): Traced {
  const onTheirWay = new Set<Promise<void>>();
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    listener('sent', message);
    const sending = send(message, options);
    // The answer to a request over HTTP may come on the same exchange; only messages without one are waited for.
    if (!('method' in message && 'id' in message)) {
      const left = sending.catch(() => undefined).finally(() => onTheirWay.delete(left));
      onTheirWay.add(left);
    }
    return sending;
  };
  showReceived(transport, listener);
  return {
    settled: () =>
      within(
        Promise.all(onTheirWay).then(() => undefined),
        CLOSING_TIMEOUT_MS,
        () => undefined,
      ),
  };
}

/**
 * The protocol sets `onmessage` when it connects: an accessor stands in between. The SDK handles a notification a
 * microtask after it came, and an answer at once: an answer is held back as long, or the last progress before it
 * would be lost when both arrive together.
 */
function showReceived(transport: Transport, listener: TraceListener): void {
  let receive = transport.onmessage;
  Object.defineProperty(transport, 'onmessage', {
    configurable: true,
    get: () => receive,
    set: (next: Transport['onmessage']) => {
      receive =
        next &&
        ((message, extra) => {
          listener('received', message);
          // Whoever listens has failed the request; the SDK would ask them all.
          if (asksTooMuch(message)) return;
          if ('method' in message) next(message, extra);
          else queueMicrotask(() => next(asMeant(message), extra));
        });
    },
  });
}

/** How often a worker that serves says that it lives, ms. */
export const BEAT_MS = 1_000;

/** What a worker says to its primary. */
export type FromWorker =
  /** `console` is the address that opens the console, where there is one. */
  | { readonly kind: 'listening'; readonly url: string; readonly console?: string }
  /** Comes every {@link BEAT_MS}, as long as its event loop turns. */
  | { readonly kind: 'alive' }
  /** Asks for the metrics of all workers together. */
  | { readonly kind: 'metrics'; readonly ask: number };

/** What the primary says to a worker. */
export type FromPrimary =
  | { readonly kind: 'stop' | 'hurry' }
  /** Without a text where they could not be had. */
  | { readonly kind: 'metrics'; readonly ask: number; readonly text?: string };

/** Reads a message: others that use the same channel (prom-client, Node itself) have no `kind`. */
export function readMessage<M extends FromWorker | FromPrimary>(message: unknown): M | undefined {
  return typeof message === 'object' && message !== null && 'kind' in message ? (message as M) : undefined;
}

/** What a worker says to its primary. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly url: string }
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

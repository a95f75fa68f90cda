import type { Logger } from '../log.js';
import type { NodeMessage } from './contract.js';

/** The receivers of one node's messages. */
export class Receivers {
  private readonly receivers = new Set<(message: NodeMessage) => void>();

  constructor(private readonly logger?: Logger) {}

  /** Returns a function that removes the receiver. */
  add(receive: (message: NodeMessage) => void): () => void {
    // Wrapped, so that one function registered twice is called twice and removed once.
    const own = (message: NodeMessage) => receive(message);
    this.receivers.add(own);
    return () => void this.receivers.delete(own);
  }

  deliver(message: NodeMessage): void {
    for (const receive of this.receivers) {
      try {
        receive(message);
      } catch (error) {
        this.logger?.error({ err: error, kind: message.kind }, 'A receiver of node messages failed');
      }
    }
  }

  clear(): void {
    this.receivers.clear();
  }
}

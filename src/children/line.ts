import type { RequestId, RpcMessage } from '../rpc/messages.js';

/** Why a server is no more, in one line for a person. */
export class ServerEndedError extends Error {
  readonly code = 'SERVER_ENDED';
  constructor(message: string) {
    super(message);
    this.name = 'ServerEndedError';
  }
}

/** Takes a message of the server's; `about` is the request that it is about, where that is known. */
export type Hear = (message: RpcMessage, about?: RequestId) => Promise<void> | void;

/** What speaks to one live server: the pipes of a process, or a transport in memory. */
export interface Line {
  /** Throws a {@link ServerEndedError} where it has ended, or does not read what it is sent. */
  send(message: RpcMessage): void;
  /**
   * Begins to read: one message after the other, the next when the promise resolves. `ended` is called once, also where the server
   * could not be started.
   */
  listen(hear: Hear, ended: (why: ServerEndedError) => void): void;
  /** What it had to say so far, for an error about its silence; absent where it was nothing. */
  readonly said?: string;
  /** Ends the server; resolves when nothing of it is left. */
  end(): Promise<void>;
}

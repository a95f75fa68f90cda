import type { RpcMessage } from '../rpc/messages.js';

/** Why a server is no more, in one line for a person. */
export class ServerEndedError extends Error {
  readonly code = 'SERVER_ENDED';
  constructor(message: string) {
    super(message);
    this.name = 'ServerEndedError';
  }
}

/** What speaks to one live server: the pipes of a process, or a transport in memory. */
export interface Line {
  /** Throws a {@link ServerEndedError} where it has ended, or does not read what it is sent. */
  send(message: RpcMessage): void;
  /**
   * Begins to read: one message after the other, the next when the promise resolves. `ended` is called once, also where the server
   * could not be started.
   */
  listen(hear: (message: RpcMessage) => Promise<void> | void, ended: (why: ServerEndedError) => void): void;
  /** What it had to say so far, for an error about its silence; absent where it was nothing. */
  readonly said?: string;
  /** Ends the server; resolves when nothing of it is left. */
  end(): Promise<void>;
}

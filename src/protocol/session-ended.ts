import { RPC, RpcError } from '../rpc/errors.js';

/** The session ended while one of its requests was being served. */
export class SessionEndedError extends RpcError {
  constructor() {
    super(RPC.sessionNotFound, 'Session not found: it has ended; initialize anew');
    this.name = 'SessionEndedError';
  }
}

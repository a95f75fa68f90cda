import type { JSONRPCNotification, JSONRPCRequest } from '@modelcontextprotocol/client';
import type { RequestId } from '../../rpc/messages.js';
import type { OpenTransport } from '../transports.js';

/** Questions of a server that the client may have open at the same time. */
const OPEN_QUESTIONS = 1_000;

interface Asked {
  readonly on: OpenTransport;
  /** By which the server knows it. */
  readonly id: RequestId;
}

/**
 * What the server has asked the client, and where: a session that is opened anew may number its questions as the one before did, and an
 * answer must never be taken for that to another question. So all but the first session's have names of their own for the client.
 */
export class Questions {
  private readonly open = new Map<RequestId, Asked>();
  private readonly names = new WeakMap<OpenTransport, string>();
  private count = 0;

  /** A question as the client gets it; undefined where too many are open. */
  ask(question: JSONRPCRequest, on: OpenTransport): JSONRPCRequest | undefined {
    if (this.open.size >= OPEN_QUESTIONS) return undefined;
    const id = this.named(question.id, on);
    this.open.set(id, { on, id: question.id });
    return { ...question, id };
  }

  /** Takes a question off that the client has answered; undefined where nobody waits for that. */
  answered(id: RequestId): Asked | undefined {
    const asked = this.open.get(id);
    this.open.delete(id);
    return asked;
  }

  /** What a server says of a question that it takes back, with the client's name for it. */
  withdrawn(notification: JSONRPCNotification, on: OpenTransport): JSONRPCNotification {
    const requestId = this.named(notification.params?.requestId as RequestId, on);
    return this.open.delete(requestId)
      ? { ...notification, params: { ...notification.params, requestId } }
      : notification;
  }

  /** Takes off all that were asked there, and returns the client's names for them. */
  lost(on: OpenTransport): readonly RequestId[] {
    const ids = [...this.open].filter(([, asked]) => asked.on === on).map(([id]) => id);
    for (const id of ids) this.open.delete(id);
    return ids;
  }

  private named(id: RequestId, on: OpenTransport): RequestId {
    let name = this.names.get(on);
    if (name === undefined) {
      this.count += 1;
      name = this.count === 1 ? '' : `session ${this.count}: `;
      this.names.set(on, name);
    }
    return name === '' ? id : `${name}${JSON.stringify(id)}`;
  }
}

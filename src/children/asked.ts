import { RPC } from '../rpc/errors.js';
import type { RequestId, RpcNotification, RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isId, isObject, isResponse } from '../rpc/messages.js';

/** How long a client may take to answer a question, ms. */
const CLIENT_ANSWER_MS = 300_000;

/** Who passes a question on to a client. */
export interface AskedBy {
  /** Whose answers are taken; where it is absent, the session of the server. */
  readonly sessionId?: string;
  /** Rejects where the client can't be asked. */
  ask(question: RpcRequest): Promise<void>;
  /** A question is no more: answered or withdrawn. */
  heard(): void;
  /** Tells the client of a question that is withdrawn. */
  notify(notification: RpcNotification): Promise<unknown>;
}

type Reply = (response: Omit<RpcResponse, 'id'>) => void;

/** One question of a server's, until its client has answered. */
export interface Asked {
  /** Resolves when the client has been asked, or could not be; never rejects. */
  readonly sent: Promise<void>;
  /** Called with the params of progress on it, under the server's own token. */
  onProgress: (params: Record<string, unknown>) => void;
  /** The server waits no longer. */
  withdraw(reason: unknown): void;
}

/** What deliveries of a session find. */
interface Open {
  readonly sessionId: string;
  readonly deliver: (message: RpcNotification | RpcResponse) => void;
}

/**
 * The questions of all servers of this node. Their ids name the node, so that an answer finds its way here from whichever node gets it;
 * they are the ids of no exchange, whose numbers begin with 1.
 */
export class QuestionTable {
  private readonly open = new Map<string, Open>();
  private count = 0;
  /** Of an answer's id, what is before its number. */
  readonly exchangeId: string;

  constructor(nodeId: string) {
    this.exchangeId = `${nodeId}.0`;
  }

  /** Asks a client; `reply` is called once, unless it is withdrawn. */
  ask(question: RpcRequest, by: AskedBy, sessionId: string, reply: Reply): Asked {
    const id = `${this.exchangeId}:${(this.count += 1)}`;
    const token = isObject(question.params?._meta) ? question.params._meta.progressToken : undefined;
    const over = (): boolean => {
      clearTimeout(timer);
      if (!this.open.delete(id)) return false;
      by.heard();
      return true;
    };
    const settle: Reply = (response) => {
      if (over()) reply(response);
    };
    const asked: Asked = {
      sent: Promise.resolve(),
      onProgress: () => undefined,
      withdraw(reason) {
        if (!over()) return;
        const params = { requestId: id, ...(typeof reason === 'string' && { reason }) };
        by.notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => undefined);
      },
    };
    this.open.set(id, {
      sessionId,
      deliver(message) {
        if (!isResponse(message)) asked.onProgress({ ...message.params, progressToken: token });
        else settle(message);
      },
    });
    const timer = setTimeout(() => {
      asked.withdraw('It took too long');
      reply(refusal(`The client did not answer within ${CLIENT_ANSWER_MS / 1000} s`));
    }, CLIENT_ANSWER_MS);
    timer.unref?.();
    const sent = by
      .ask(renamed(question, id))
      .catch((error: unknown) =>
        settle(refusal(error instanceof Error ? error.message : 'The client can not be asked')),
      );
    return Object.assign(asked, { sent });
  }

  /** Takes an answer, or progress on one; false where nobody of this session waits for it. */
  deliver(sessionId: string, message: RpcNotification | RpcResponse): boolean {
    const id = isResponse(message) ? message.id : message.params?.progressToken;
    const open = this.open.get(String(id));
    if (!open || open.sessionId !== sessionId) return false;
    open.deliver(message);
    return true;
  }
}

function refusal(message: string): Omit<RpcResponse, 'id'> {
  return { jsonrpc: '2.0', error: { code: RPC.refused, message } };
}

/** A question as its client gets it; progress on it is told under its id. */
function renamed(question: RpcRequest, id: RequestId): RpcRequest {
  const { params } = question;
  const meta = params?._meta;
  if (!isObject(meta) || !isId(meta.progressToken)) return { ...question, id };
  return { ...question, id, params: { ...params, _meta: { ...meta, progressToken: id } } };
}

import { ToolError } from '../../catalog/errors.js';
import { within } from '../../net/time-limit.js';
import type { RequestId, RpcRequest, RpcResponse } from '../../rpc/messages.js';
import { UnaskableClientError } from '../errors.js';
import type { OpenRequest } from '../open-requests.js';
import type { Sink } from '../served.js';
import type { QuestionSpan } from '../../telemetry/contract.js';

/** How long a person may take over an elicitation, and a model over a sampling, ms. */
const CLIENT_ANSWER_TIMEOUT_MS = 300_000;

interface Waiting {
  readonly span: QuestionSpan | undefined;
  resolve(result: Record<string, unknown>): void;
  reject(error: Error): void;
}

/** What a server has asked its client, until it is answered. */
export class Questions {
  private readonly waiting = new Map<RequestId, Waiting>();
  private asked = 0;

  constructor(private readonly sink: Sink) {}

  /**
   * Asks the client in the course of a request, and resolves to the result. Rejects with a {@link ToolError} where the client refuses,
   * can't be asked or is silent for too long, and with the signal's reason when the request is cancelled meanwhile: then the
   * client is told so (basic/utilities/cancellation).
   */
  async ask(method: string, params: Record<string, unknown>, open: OpenRequest): Promise<Record<string, unknown>> {
    const { request, signal } = open;
    signal.throwIfAborted();
    const id = this.nextId();
    const span = open.span?.asks(method, params);
    let failed = true;
    const answer = new Promise<Record<string, unknown>>((resolve, reject) =>
      this.waiting.set(id, { resolve, reject, span }),
    );
    answer.catch(() => undefined);
    const late = new ToolError(`The client did not answer within ${CLIENT_ANSWER_TIMEOUT_MS / 1000} s`);
    const onLate = (): never => {
      throw late;
    };
    const answered = open.asks();
    const sent = this.send({ jsonrpc: '2.0', id, method, params: span?.params ?? params }, request.id);
    try {
      // Who can't be asked will not answer; who has answered was asked.
      const given = await within(
        Promise.race([sent.then(() => answer), answer]),
        CLIENT_ANSWER_TIMEOUT_MS,
        onLate,
        signal,
      );
      failed = false;
      return given;
    } catch (error) {
      if (error === late) this.withdraw(id, 'It took too long', request.id);
      else if (signal.aborted) this.withdraw(id, 'The request that asks was cancelled', request.id);
      throw error;
    } finally {
      answered();
      span?.end(failed);
      this.waiting.delete(id);
    }
  }

  private withdraw(requestId: RequestId, reason: string, about: RequestId): void {
    // Who can't be told has nothing to give up.
    this.sink
      .notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId, reason } }, about)
      .catch(() => undefined);
  }

  private async send(question: RpcRequest, about: RequestId): Promise<void> {
    try {
      await this.sink.ask(question, about);
    } catch (error) {
      if (error instanceof UnaskableClientError) throw new ToolError(error.message, { cause: error });
      throw error;
    }
  }

  /** Takes the client's answer; one that nobody waits for is dropped. */
  deliver({ id, result, error }: RpcResponse): void {
    const waiting = this.waiting.get(id);
    waiting?.span?.answered();
    if (error) waiting?.reject(new ToolError(`The client did not answer: ${error.message}`));
    else waiting?.resolve(result ?? {});
  }

  close(): void {
    for (const { reject } of this.waiting.values()) reject(new ToolError('The client is gone'));
  }

  /** Numbers alone where the client has one way to answer; elsewhere the exchange stands before them. */
  private nextId(): RequestId {
    const number = this.asked++;
    const { exchangeId } = this.sink;
    return exchangeId === undefined ? number : `${exchangeId}:${number}`;
  }
}

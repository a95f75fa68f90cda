import type { Answer } from '../protocol/answer.js';
import { failureAnswer, resultAnswer } from '../protocol/answer.js';
import { asRpcError } from '../protocol/errors.js';
import type { OpenRequest } from '../protocol/open-requests.js';
import type { Facts, Peer, Sink } from '../protocol/served.js';
import type { RpcError } from '../rpc/errors.js';
import type { RpcNotification, RpcResponse } from '../rpc/messages.js';
import type { QuestionTable } from './asked.js';
import type { Voice } from './live-server.js';

/** What stops a request in its server. */
export type Cancel = (reason: unknown) => void;

/** The client's side of one exchange or connection: its requests go to a live server, and come back as answers. */
export abstract class ForwardingPeer implements Peer {
  constructor(
    protected readonly facts: Facts,
    protected readonly sink: Sink,
    private readonly questions: QuestionTable,
  ) {}

  serve(open: OpenRequest): Promise<void> | void {
    const settled = (answer: Answer) => this.send(open, answer);
    const voice = this.voiceOf(open, (response) => {
      try {
        settled(this.answerOf(response, open));
      } catch (error) {
        settled(failureAnswer(open.request.id, asRpcError(error, this.facts, open.request)));
      }
    });
    return this.forward(open, voice).then(
      (cancel) => this.cancelWith(open, cancel),
      (error: unknown) => settled(failureAnswer(open.request.id, asRpcError(error, this.facts, open.request))),
    );
  }

  /** What comes over a connection; over HTTP, answers come to the table by the bus. */
  deliver(message: RpcNotification | RpcResponse): void {
    this.questions.deliver(this.facts.record?.id ?? '', message);
  }

  close(): void {
    // Requests that are still open are aborted, each by its signal.
  }

  /** Sends a request where it belongs. Rejects with why it can't be. */
  protected abstract forward(open: OpenRequest, voice: Voice): Promise<Cancel | undefined>;

  /** The answer that the client gets for the server's. */
  protected answerOf({ id, result, error }: RpcResponse, _open: OpenRequest): Answer {
    return error ? failureAnswer(id, error as RpcError) : resultAnswer(id, result);
  }

  protected voiceOf(open: OpenRequest, answer: (response: RpcResponse) => void): Voice {
    const { sink, facts } = this;
    const { id } = open.request;
    const waits: (() => void)[] = [];
    const voice: Voice = {
      sessionId: facts.record?.id ?? facts.opens,
      notify: (notification) => sink.notify(notification, id),
      async ask(question) {
        // While a client thinks, the time that a call may take stands still.
        waits.push(open.asks());
        await sink.ask(question, id);
      },
      heard: () => waits.pop()?.(),
      answer(response) {
        for (const end of waits.splice(0)) end();
        answer(response);
      },
    };
    return voice;
  }

  /** Sends the answer that something long comes to, or why it does not. */
  protected sendWhenDone(open: OpenRequest, answer: Promise<Answer>): void {
    answer.then(
      (done) => this.send(open, done),
      (error: unknown) => this.send(open, failureAnswer(open.request.id, asRpcError(error, this.facts, open.request))),
    );
  }

  protected send(open: OpenRequest, answer: Answer): void {
    if (!open.isAborted) this.sink.answer(answer).catch((error: unknown) => this.unsent(error));
  }

  private cancelWith(open: OpenRequest, cancel: Cancel | undefined): void {
    if (!cancel) return;
    const { signal } = open;
    if (signal.aborted) return cancel(signal.reason);
    signal.addEventListener('abort', () => cancel(signal.reason), { once: true });
  }

  protected unsent(error: unknown): void {
    this.facts.logger.warn({ requestId: this.facts.requestId, err: error }, 'an answer could not be sent');
  }
}

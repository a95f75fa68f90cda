import type { RequestId, RpcNotification } from '../../rpc/messages.js';
import type { Answer } from '../answer.js';
import { failureAnswer } from '../answer.js';
import { asRpcError } from '../errors.js';
import { readFilter } from '../modern/listen.js';
import type { Audience } from '../modern/listening.js';
import { Listening } from '../modern/listening.js';
import type { OpenRequest } from '../open-requests.js';
import type { Facts, Peer, Sink } from '../served.js';
import { changeTold, honouredBy } from './changes.js';
import type { ConnectableServer, FactoryContext, ServerFactory } from './sdk-server.js';
import { attend, capabilitiesOf, closeQuietly, contextOf, requireConnectable, tellThrough } from './sdk-server.js';

/** What makes servers, and who hears what they tell. */
export interface Hosting {
  readonly factory: ServerFactory;
  readonly audience: Audience;
}

/** One request of the modern era to an author's SDK server. Whoever listens is served by the same lines as with a catalog. */
export abstract class HostedModernPeer implements Peer {
  private listening: Listening | undefined;

  constructor(
    protected readonly hosting: Hosting,
    protected readonly facts: Facts,
    protected readonly sink: Sink,
  ) {}

  serve(open: OpenRequest): void {
    this.answer(open).catch((error: unknown) => {
      this.facts.logger.warn({ requestId: this.facts.requestId, err: error }, 'an answer could not be sent');
    });
  }

  deliver(): void {
    // A client of this era sends neither answers nor notifications that a request waits for.
  }

  close(): void {
    // Whoever waits is told by the request's signal.
  }

  drain(): void {
    this.listening?.end();
  }

  /** What the SDK answers. Rejects with what the log is to hold. */
  protected abstract ask(open: OpenRequest): Promise<Answer>;

  private async answer(open: OpenRequest): Promise<void> {
    const { request } = open;
    let answer: Answer;
    try {
      answer = await (request.method === 'subscriptions/listen' ? this.listen(open) : this.ask(open));
    } catch (error) {
      if (open.isAborted) return;
      answer = failureAnswer(request.id, asRpcError(error, this.facts, request));
    }
    if (!open.isAborted) await this.sink.answer(answer);
  }

  private async listen(open: OpenRequest): Promise<Answer> {
    const wanted = readFilter(open.request.params ?? {});
    const server = await makeServer(this.hosting, contextOf(this.facts, 'modern'), this.facts, this.sink);
    const filter = honouredBy(capabilitiesOf(server), wanted);
    await server.close?.();
    this.listening = new Listening(this.hosting.audience, this.facts, this.sink, {});
    return this.listening.run(open, filter);
  }
}

/**
 * Makes a server that tells what it has to tell past the SDK's own streams: what is about a request through the sink, which slows a
 * handler down to its reader, and changes to whoever listens, on all nodes. Of no request, nothing else may be told in this era.
 */
export async function makeServer(
  { factory, audience }: Hosting,
  context: FactoryContext,
  facts: Facts,
  sink: Sink,
  unsent?: (error: unknown) => void,
): Promise<ConnectableServer> {
  const server = await factory(context);
  requireConnectable(server);
  attend(server, facts);
  closeQuietly(server, facts);
  const tell = async (notification: RpcNotification, about?: RequestId) => {
    const change = changeTold(notification);
    if (change) audience.changes?.publish(change);
    else if (about !== undefined) await sink.notify(notification, about);
  };
  tellThrough(server, tell, unsent);
  return server;
}

import { asRpcError } from '../protocol/errors.js';
import type { Subscribed } from '../protocol/legacy/subscribed.js';
import { LOG_LEVELS } from '../protocol/log-levels.js';
import type { OpenRequest } from '../protocol/open-requests.js';
import type { Facts, Sink } from '../protocol/served.js';
import { changeOf, changeSession } from '../protocol/session-changes.js';
import type { RpcNotification, RpcResponse } from '../rpc/messages.js';
import type { ChangeFeed } from '../sessions/contract.js';
import { connectionChanges } from './connection-changes.js';
import type { QuestionTable } from './asked.js';
import type { Voice } from './live-server.js';
import { failureOf } from './live-server.js';
import type { Cancel } from './peer.js';
import { ForwardingPeer } from './peer.js';
import type { SharedServer } from './shared-server.js';

/** What is answered here: the server is not this client's alone. */
const OWN = new Set(['ping', 'resources/unsubscribe']);

/** A client of the legacy era before a server of the legacy era that others use too. */
export class SharedPeer extends ForwardingPeer {
  /** Of a connection; over HTTP, the stream that listens hears by itself. */
  private subscribed: Subscribed | undefined;

  constructor(
    private readonly shared: () => SharedServer,
    private readonly changes: ChangeFeed,
    facts: Facts,
    sink: Sink,
    questions: QuestionTable,
  ) {
    super(facts, sink, questions);
  }

  override close(): void {
    this.subscribed?.close();
  }

  protected async forward(open: OpenRequest, voice: Voice): Promise<Cancel | undefined> {
    const { request } = open;
    const { id, method } = request;
    if (OWN.has(method)) {
      await this.change(open);
      voice.answer({ jsonrpc: '2.0', id, result: {} });
      return undefined;
    }
    const { server, greeting } = await this.shared().ready();
    if (method === 'initialize') {
      const protocolVersion = older(this.facts.protocolVersion, String(greeting.result.protocolVersion));
      await this.begin(protocolVersion);
      voice.answer({ jsonrpc: '2.0', id, result: { ...greeting.result, protocolVersion } });
      return undefined;
    }
    const change = changeOf(request);
    const number = server.call(request, change ? this.changing(open, voice) : voice);
    return (reason) => server.cancel(number, reason);
  }

  /** Log messages that only others have asked for are not told. */
  protected override voiceOf(open: OpenRequest, answer: (response: RpcResponse) => void): Voice {
    const voice = super.voiceOf(open, answer);
    return {
      ...voice,
      notify: async (notification) => (this.isWanted(notification) ? voice.notify(notification) : undefined),
    };
  }

  private isWanted({ method, params }: RpcNotification): boolean {
    const { logLevel } = this.facts.record ?? {};
    if (method !== 'notifications/message' || logLevel === undefined) return true;
    return LOG_LEVELS.indexOf(params?.level as never) >= LOG_LEVELS.indexOf(logLevel as never);
  }

  private changing(open: OpenRequest, voice: Voice): Voice {
    const answer = async (response: RpcResponse) => {
      if (!response.error) await this.change(open);
      voice.answer(response);
    };
    const failed = (error: unknown) =>
      voice.answer(failureOf(open.request.id, asRpcError(error, this.facts, open.request)));
    return { ...voice, answer: (response) => void answer(response).catch(failed) };
  }

  private async change({ request }: OpenRequest): Promise<void> {
    const change = changeOf(request);
    if (!change) return;
    await changeSession(this.facts, change);
    if (change.subscribe !== undefined) await this.listening()?.add(change.subscribe);
    if (change.unsubscribe !== undefined) this.subscribed?.remove(change.unsubscribe);
  }

  private async begin(protocolVersion: string): Promise<void> {
    const { facts } = this;
    if (protocolVersion !== facts.protocolVersion) {
      facts.protocolVersion = protocolVersion;
      if (facts.record) await changeSession(facts, { protocolVersion });
      else if (facts.opens !== undefined) await facts.storage?.sessions.update(facts.opens, { protocolVersion });
    }
    await this.listening()?.open();
  }

  private listening(): Subscribed | undefined {
    return (this.subscribed ??= connectionChanges(this.changes, this.facts, this.sink));
  }
}

/** Versions are dates, so their order is the text's. */
function older(one: string, other: string): string {
  return one < other ? one : other;
}

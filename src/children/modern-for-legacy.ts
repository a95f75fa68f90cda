import type { Subscribed } from '../protocol/legacy/subscribed.js';
import { methodNotFound } from '../protocol/dispatch.js';
import type { OpenRequest } from '../protocol/open-requests.js';
import type { Facts, Sink } from '../protocol/served.js';
import { changeOf, changeSession } from '../protocol/session-changes.js';
import { META } from '../rpc/era.js';
import { RPC, RpcError } from '../rpc/errors.js';
import type { RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import { translated } from '../rpc/translated.js';
import { modernVersions } from '../rpc/versions.js';
import type { ChangeFeed } from '../sessions/contract.js';
import { connectionChanges } from './connection-changes.js';
import type { QuestionTable } from './asked.js';
import type { LiveServer, Voice } from './live-server.js';
import type { Cancel } from './peer.js';
import { ForwardingPeer } from './peer.js';
import type { SharedServer } from './shared-server.js';

/** Rounds of questions that one call may have. */
const ROUNDS_LIMIT = 20;

const UNTRANSLATED = /^(?:initialize$|server\/|subscriptions\/|tasks\/|notifications\/)/;

/** A client of the legacy era before a server of the modern one: its session says what each request has to. */
export class ModernForLegacy extends ForwardingPeer {
  private subscribed: Subscribed | undefined;

  constructor(
    private readonly pick: () => SharedServer,
    private readonly changes: ChangeFeed,
    /** Has the servers tell of a resource. */
    private readonly watch: (uri: string) => void,
    facts: Facts,
    sink: Sink,
    private readonly table: QuestionTable,
  ) {
    super(facts, sink, table);
  }

  override close(): void {
    this.subscribed?.close();
  }

  protected async forward(open: OpenRequest, voice: Voice): Promise<Cancel | undefined> {
    const { request } = open;
    const { id, method } = request;
    const own = await this.ownAnswer(request);
    if (own) {
      voice.answer({ jsonrpc: '2.0', id, result: own });
      return undefined;
    }
    if (UNTRANSLATED.test(method)) throw methodNotFound();
    const { server } = await this.pick().ready();
    let cancel: Cancel = () => undefined;
    const rounds = this.rounds(server, request, voice, (stop) => (cancel = stop));
    rounds.then(
      (response) => voice.answer({ ...response, id }),
      (error: unknown) => voice.answer({ jsonrpc: '2.0', id, error: asError(error) }),
    );
    return (reason) => cancel(reason);
  }

  /** What the modern era has no request for. */
  private async ownAnswer(request: RpcRequest): Promise<Record<string, unknown> | undefined> {
    const { method } = request;
    if (method === 'ping') return {};
    if (method === 'initialize') {
      const { result } = (await this.pick().ready()).greeting;
      await this.listening()?.open();
      const { [META.serverInfo]: serverInfo } = isObject(result._meta) ? result._meta : {};
      const { capabilities, instructions } = result;
      return {
        protocolVersion: this.facts.protocolVersion,
        capabilities: translated(withoutExtensions(capabilities), modernVersions[0]),
        serverInfo: serverInfo ?? { name: 'unknown', version: '0' },
        ...(typeof instructions === 'string' && { instructions }),
      };
    }
    const change = changeOf(request);
    if (!change) return undefined;
    await changeSession(this.facts, change);
    if (change.subscribe !== undefined) {
      this.watch(change.subscribe);
      await this.listening()?.add(change.subscribe);
    }
    if (change.unsubscribe !== undefined) this.subscribed?.remove(change.unsubscribe);
    return {};
  }

  /** Asks the server, and its client whatever the server asks for, until the answer is complete. */
  private async rounds(server: LiveServer, request: RpcRequest, voice: Voice, onCall: (stop: Cancel) => void) {
    let more: Record<string, unknown> = {};
    for (let round = 0; round < ROUNDS_LIMIT; round += 1) {
      // What goes on with a call of the modern era is known here alone.
      const { requestState: _state, inputResponses: _responses, ...params } = request.params ?? {};
      const meta = { ...(isObject(params._meta) ? params._meta : {}), ...this.envelope() };
      const sent = { ...request, params: { ...params, ...more, _meta: meta } };
      const response = await new Promise<RpcResponse>((resolve) => {
        const id = server.call(sent, { ...voice, answer: resolve });
        onCall((reason) => server.cancel(id, reason));
      });
      const { result } = response;
      if (result?.resultType !== 'input_required')
        return result ? { ...response, result: inOlderWords(result) } : response;
      const { inputRequests, requestState } = result;
      more = {
        inputResponses: await this.askAll(inputRequests, voice),
        ...(requestState !== undefined && { requestState }),
      };
    }
    throw new RpcError(RPC.internalError, `The server asked more than ${ROUNDS_LIMIT} times`);
  }

  private async askAll(inputRequests: unknown, voice: Voice): Promise<Record<string, unknown>> {
    const asked = Object.entries(isObject(inputRequests) ? inputRequests : {});
    const answers = asked.map(async ([key, question]) => {
      const { method, params } = question as { method: string; params?: Record<string, unknown> };
      const { result, error } = await new Promise<Omit<RpcResponse, 'id'>>((resolve) => {
        this.table.ask({ jsonrpc: '2.0', id: key, method, params }, voice, voice.sessionId ?? '', resolve);
      });
      if (!result) throw new RpcError(RPC.internalError, `The client did not answer: ${error?.message}`);
      return [key, result] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  }

  /** What the session says of its client. */
  private envelope(): Record<string, unknown> {
    const { record } = this.facts;
    const { capabilities, clientInfo } = record ? (JSON.parse(record.initialize) as Record<string, unknown>) : {};
    return {
      [META.protocolVersion]: modernVersions[0],
      [META.clientCapabilities]: isObject(capabilities) ? capabilities : {},
      ...(isObject(clientInfo) && { [META.clientInfo]: clientInfo }),
      ...(record?.logLevel !== undefined && { [META.logLevel]: record.logLevel }),
    };
  }

  private listening(): Subscribed | undefined {
    return (this.subscribed ??= connectionChanges(this.changes, this.facts, this.sink));
  }
}

function asError(error: unknown): NonNullable<RpcResponse['error']> {
  const { code, message } =
    error instanceof RpcError ? error : new RpcError(RPC.internalError, (error as Error).message);
  return { code, message };
}

/** A result without what only the modern era has. */
function inOlderWords({ resultType: _type, ttlMs: _ttl, cacheScope: _scope, ...result }: Record<string, unknown>) {
  if (!isObject(result._meta)) return result;
  const { [META.serverInfo]: _info, ...meta } = result._meta;
  const { _meta, ...rest } = result;
  return Object.keys(meta).length > 0 ? { ...rest, _meta: meta } : rest;
}

function withoutExtensions(capabilities: unknown): object {
  const { extensions: _gone, ...kept } = isObject(capabilities) ? capabilities : {};
  return kept;
}

import type { Answer } from '../protocol/answer.js';
import { failureAnswer, resultAnswer, stamped } from '../protocol/answer.js';
import { honouredBy } from '../protocol/hosted/changes.js';
import type { Capabilities } from '../protocol/hosted/sdk-server.js';
import { readFilter } from '../protocol/modern/listen.js';
import type { Audience } from '../protocol/modern/listening.js';
import { Listening } from '../protocol/modern/listening.js';
import { inThisEra } from '../protocol/modern/peer.js';
import type { OpenRequest } from '../protocol/open-requests.js';
import type { Facts, Sink } from '../protocol/served.js';
import { META } from '../rpc/era.js';
import { RPC, RpcError } from '../rpc/errors.js';
import type { RpcRequest, RpcResponse } from '../rpc/messages.js';
import { isObject } from '../rpc/messages.js';
import { translated } from '../rpc/translated.js';
import { modernVersions } from '../rpc/versions.js';
import type { Result } from './greet.js';
import type { LiveServer, Voice } from './live-server.js';
import { ASKABLE, PARKED, ParkedCall } from './parked.js';
import type { ParkedCalls } from './parked.js';
import type { Cancel } from './peer.js';
import { ForwardingPeer } from './peer.js';
import type { LiveSessions } from './sessions.js';
import type { SharedServer } from './shared-server.js';

/** What a server of the legacy era answers for a client of the modern one; and of these, what may be kept and what may ask. */
const LISTED = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
const CACHED = new Set([...LISTED, 'resources/read', 'server/discover']);
const MAY_ASK = new Set(['tools/call', 'prompts/get', 'resources/read']);
const PASSED_ON = new Set([...LISTED, ...MAY_ASK, 'completion/complete']);

/** Capabilities that the modern era has no more, or has otherwise. */
const GONE = ['tasks', 'experimental', 'extensions'];

export interface ModernSide {
  readonly audience: Audience;
  readonly parked: ParkedCalls;
  readonly sessions: LiveSessions;
}

/** A client of the modern era before a server of the legacy one, which was greeted for all who share it. */
export class LegacyForModern extends ForwardingPeer {
  private listening: Listening | undefined;
  private stamp: Record<string, unknown> = {};

  constructor(
    private readonly shared: () => SharedServer,
    private readonly side: ModernSide,
    facts: Facts,
    sink: Sink,
  ) {
    super(facts, sink, side.parked.questions);
  }

  drain(): void {
    this.listening?.end();
  }

  protected async forward(open: OpenRequest, voice: Voice): Promise<Cancel | undefined> {
    const { request } = open;
    const { id, method, params } = request;
    if (MAY_ASK.has(method) && typeof params?.requestState === 'string') return this.goOn(request, voice);
    const { server, greeting } = await this.shared().ready();
    const { serverInfo, capabilities } = greeting.result;
    this.stamp = { [META.serverInfo]: serverInfo };
    if (method === 'server/discover') {
      voice.answer({ jsonrpc: '2.0', id, result: discovered(greeting.result) });
      return undefined;
    }
    if (method === 'subscriptions/listen') {
      await this.listen(open, server, capabilities as Capabilities);
      return undefined;
    }
    if (!PASSED_ON.has(method)) throw new RpcError(RPC.methodNotFound, 'Method not found');
    const sent = withoutEnvelope(request);
    if (!MAY_ASK.has(method)) return cancelOf(server, server.call(sent, voice));
    const { parked } = this.side;
    const call = new ParkedCall(
      parked,
      request,
      this.callerOf(request),
      (question) => this.requireAskable(question),
      voice,
    );
    call.stop = cancelOf(server, server.call(sent, call));
    return (reason) => call.cancelled(reason);
  }

  protected override answerOf(response: RpcResponse, { request }: OpenRequest): Answer {
    const { id, result, error } = response;
    if (error) return failureAnswer(id, inThisEra(new RpcError(error.code, error.message, error.data as Result)));
    if (result?.resultType === 'input_required')
      return { ...resultAnswer(id, stamped(result, this.stamp)), outcome: 'input_required' };
    // Whether it is the same for everybody, nobody has said.
    const hinted = CACHED.has(request.method) ? { ...result, ttlMs: 0, cacheScope: 'private' } : result;
    return resultAnswer(id, stamped(hinted ?? {}, this.stamp));
  }

  /** A call that waits, here or on another node, gets its answers. */
  private async goOn(request: RpcRequest, voice: Voice): Promise<Cancel> {
    const { requestState, inputResponses } = request.params ?? {};
    const round = { ...this.callerOf(request), inputResponses };
    const unknown = 'Invalid params: this requestState is unknown, or its call has ended. Call again without it';
    const answer = (response: RpcResponse) =>
      voice.answer(
        response.error?.code === RPC.sessionNotFound
          ? { ...response, error: { code: RPC.invalidParams, message: unknown } }
          : response,
      );
    // As the calls that wait are named, and nothing else that is live.
    if (!PARKED.test(String(requestState))) throw new RpcError(RPC.invalidParams, unknown);
    const named = { jsonrpc: '2.0' as const, id: request.id, method: request.method, params: round };
    return this.side.sessions.call(String(requestState), named, { ...voice, answer });
  }

  private callerOf({ method, params }: RpcRequest) {
    return { owner: this.facts.owner, method, name: params?.name ?? params?.uri };
  }

  /** Throws where this client has not said that it can be asked that. */
  private requireAskable({ method, params }: RpcRequest): void {
    const capabilities = this.facts.envelope?.capabilities ?? {};
    const [name = ''] = method.split('/');
    const declared = capabilities[name];
    const isUrl = name === 'elicitation' && params?.mode === 'url';
    if (!ASKABLE.includes(method) || !isObject(declared) || (isUrl && !isObject(declared.url)))
      throw new RpcError(RPC.methodNotFound, `The client has not declared that it can be asked ${method}`);
  }

  private async listen(open: OpenRequest, server: LiveServer, capabilities: Capabilities): Promise<void> {
    const filter = honouredBy(capabilities, readFilter(open.request.params ?? {}));
    for (const uri of filter.uris) await server.subscribe(uri);
    this.listening = new Listening(this.side.audience, this.facts, this.sink, this.stamp);
    this.sendWhenDone(open, this.listening.run(open, filter));
  }
}

function cancelOf(server: LiveServer, id: number): Cancel {
  return (reason) => server.cancel(id, reason);
}

function discovered({ capabilities, instructions, protocolVersion }: Result): Result {
  const kept = isObject(capabilities) ? Object.entries(capabilities).filter(([name]) => !GONE.includes(name)) : [];
  return {
    supportedVersions: modernVersions,
    capabilities: translated(Object.fromEntries(kept), protocolVersion),
    ...(typeof instructions === 'string' && { instructions }),
  };
}

/** What of a request a server of the legacy era knows. */
function withoutEnvelope(request: RpcRequest): RpcRequest {
  const { _meta, ...params } = request.params ?? {};
  const kept = isObject(_meta)
    ? Object.entries(_meta).filter(([key]) => !key.startsWith('io.modelcontextprotocol/'))
    : [];
  return { ...request, params: { ...params, ...(kept.length > 0 && { _meta: Object.fromEntries(kept) }) } };
}

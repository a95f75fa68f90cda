import { argumentAt, paramHeadersOf } from '../../../rpc/param-headers.js';
import { modernVersions } from '../../../rpc/versions.js';
import { readEvents } from './events.js';
import type { Authorize } from './incoming.js';
import { isStream, send, takeNotification } from './incoming.js';
import type { CallOptions, Client, Message, Params, Question } from './messages.js';
import { CAPABILITIES, CLIENT_INFO, readAnswer, resultOf } from './messages.js';

const PATH = '/mcp';
const [VERSION = ''] = modernVersions;
const META = 'io.modelcontextprotocol/';
/** How often one call may ask. */
const ROUNDS = 20;

/** A client of the modern era: every request says all that is known of it. */
export class ModernClient implements Client {
  readonly era = 'modern';
  readonly label = `${VERSION}, stateless`;
  readonly canCut = true;
  greeting: Params = {};
  private count = 0;
  /** Input schemas, by tool: some name arguments that go into headers as well. */
  readonly schemas = new Map<string, unknown>();

  private constructor(private readonly authorize: Authorize) {}

  static async connect(authorize: Authorize, options: CallOptions): Promise<ModernClient> {
    const client = new ModernClient(authorize);
    client.greeting = await client.request('server/discover', {}, options);
    return client;
  }

  async request(method: string, params: Params, options: CallOptions): Promise<Params> {
    let asked: Params = {};
    for (let round = 0; round < ROUNDS; round += 1) {
      const result = await this.exchange(method, { ...params, ...asked }, options);
      if (result.resultType !== 'input_required') return result;
      asked = { requestState: result.requestState, ...(await this.answers(result.inputRequests, options)) };
      options.signal.throwIfAborted();
    }
    throw new Error('The server asks on and on');
  }

  close(): void {
    // Nothing is held.
  }

  private async answers(requests: unknown, options: CallOptions): Promise<Params> {
    if (typeof requests !== 'object' || requests === null || !options.ask) return {};
    const inputResponses: Params = {};
    for (const [key, question] of Object.entries(requests as Record<string, Question>)) {
      const reply = await options.ask({ method: question.method, params: question.params ?? {} });
      if ('result' in reply) inputResponses[key] = reply.result;
    }
    return { inputResponses };
  }

  private async exchange(method: string, params: Params, options: CallOptions): Promise<Params> {
    const id = (this.count += 1);
    const _meta = {
      [`${META}protocolVersion`]: VERSION,
      [`${META}clientInfo`]: CLIENT_INFO,
      [`${META}clientCapabilities`]: CAPABILITIES,
      [`${META}logLevel`]: 'info',
      progressToken: id,
    };
    const body: Message = { jsonrpc: '2.0', id, method, params: { ...params, _meta } };
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...this.headersFor(method, params),
      ...this.authorize(),
    };
    const cut = options.cut?.signal;
    const signal = cut ? AbortSignal.any([options.signal, cut]) : options.signal;
    const response = await send({ path: PATH, method: 'POST', headers, body }, signal, options.trace);
    if (!isStream(response)) {
      const answer = await readAnswer(response);
      options.trace({ at: Date.now(), direction: 'in', title: 'answer', body: answer });
      return resultOf(answer, response.status);
    }
    for await (const { data } of readEvents(response)) {
      if (!data) continue;
      const message = JSON.parse(data) as Message;
      options.trace({ at: Date.now(), direction: 'in', title: 'event', body: message });
      if (message.method === undefined && message.id === id) return resultOf(message);
      takeNotification(message, options);
    }
    throw new Error('The stream has ended without an answer: this era has nothing to resume, so call again');
  }

  private headersFor(method: string, params: Params): Record<string, string> {
    const name = method === 'resources/read' ? params.uri : params.name;
    const headers: Record<string, string> = { 'mcp-protocol-version': VERSION, 'mcp-method': method };
    if (NAMED.includes(method) && typeof name === 'string') headers['mcp-name'] = headerValue(name);
    if (method !== 'tools/call') return headers;
    for (const { header, path } of paramHeadersOf(String(name), this.schemas.get(String(name)))) {
      const value = argumentAt(params.arguments, path);
      if (value !== undefined) headers[header] = headerValue(String(value));
    }
    return headers;
  }
}

const NAMED = ['tools/call', 'prompts/get', 'resources/read'];

/** As it is, where it is plain ASCII; else in Base64 (2026-07-28, basic/transports/streamable-http, "Value Encoding"). */
function headerValue(text: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)) return text;
  return `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}?=`;
}

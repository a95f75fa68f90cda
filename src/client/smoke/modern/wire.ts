import type { FetchLike } from '@modelcontextprotocol/client';
import { withDeadline } from '../../../net/time-limit.js';
import { name, version } from '../../../package-info.js';
import { META } from '../../../rpc/era.js';
import { headerValue } from '../../header-value.js';
import { isObject } from '../../../rpc/messages.js';
import type { Connection, RequestExtras } from '../../connection.js';
import { TIMED_OUT } from '../../explain.js';
import { eventsIn, textIn } from '../events.js';
import { Fault } from '../report.js';
import type { Observed } from './observed.js';

/** Bytes of one answer. */
const ANSWER_BYTES = 16_000_000;

/** What came back: over HTTP with its status, and without an answer where the body holds none. */
export interface WireAnswer {
  readonly status: number | undefined;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: unknown; readonly data?: unknown };
}

/** Headers beside the usual ones, or in their place; undefined takes one away. */
export type WireHeaders = Readonly<Record<string, string | undefined>>;

/** Requests exactly as they are given: the SDK's client sends none that are wrong. */
export class Wire {
  private count = 0;

  constructor(
    private readonly connection: Connection,
    private readonly extras: RequestExtras,
    private readonly observed: Observed,
  ) {}

  get isHttp(): boolean {
    return this.connection.fetch !== undefined;
  }

  /** What every request says of its client (2026-07-28, basic, "_meta"). It declares no capability, so that nothing is asked back. */
  get envelope(): Record<string, unknown> {
    return {
      [META.protocolVersion]: this.connection.protocolVersion,
      [META.clientInfo]: { name: `${name}-client`, version },
      [META.clientCapabilities]: {},
    };
  }

  /** Sends one request; its envelope is the usual one unless `params` has another. Rejects with a ClientError. */
  async send(method: string, params: Record<string, unknown> = {}, headers: WireHeaders = {}): Promise<WireAnswer> {
    const message = {
      jsonrpc: '2.0' as const,
      id: `smoke-${++this.count}`,
      method,
      params: { _meta: this.envelope, ...params },
    };
    const send = this.connection.fetch;
    return this.connection.request(
      (_client, { signal }) =>
        withDeadline(
          send === undefined ? this.overStdio(message) : this.overHttp(send, message, headers, signal),
          this.connection.timeoutMs,
          TIMED_OUT,
          signal,
        ),
      this.extras,
    );
  }

  private async overHttp(
    send: FetchLike,
    message: WireRequest,
    changes: WireHeaders,
    signal: AbortSignal | undefined,
  ): Promise<WireAnswer> {
    const { target, protocolVersion = '' } = this.connection;
    if (target.kind !== 'http') throw new TypeError('There are no headers over stdio');
    const { method, params } = message;
    const headers = new Headers({
      ...target.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': protocolVersion,
      'mcp-method': method,
    });
    const about = aboutOf(method, params);
    if (about !== undefined) headers.set('mcp-name', headerValue(about));
    for (const [header, value] of Object.entries(changes))
      if (value === undefined) headers.delete(header);
      else headers.set(header, value);
    const body = JSON.stringify(message);
    this.observed.listen('sent', message);
    const response = await send(target.url, { method: 'POST', headers: Object.fromEntries(headers), body, signal });
    return {
      status: response.status,
      ...(await answerIn(response, message.id, (received) => this.observed.listen('received', received))),
    };
  }

  private async overStdio(message: WireRequest): Promise<WireAnswer> {
    let settle: (answer: WireAnswer) => void = () => undefined;
    const answered = new Promise<WireAnswer>((resolve) => (settle = resolve));
    const stop = this.connection.observe((direction, received) => {
      const answer = direction === 'received' ? answerOf(received, message.id) : undefined;
      if (answer !== undefined) settle({ status: undefined, ...answer });
    });
    try {
      await this.connection.client.transport?.send(message);
      return await answered;
    } finally {
      stop();
    }
  }
}

interface WireRequest {
  readonly jsonrpc: '2.0';
  readonly id: string;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

type Answer = Omit<WireAnswer, 'status'>;

/** What a request is about, for `Mcp-Name` (basic/transports/streamable-http, "Standard Request Headers"). */
function aboutOf(method: string, { name, uri }: Record<string, unknown>): string | undefined {
  const about = method === 'resources/read' ? uri : ['tools/call', 'prompts/get'].includes(method) ? name : undefined;
  return typeof about === 'string' ? about : undefined;
}

/** The answer in a body: the whole of it as JSON, or an event of a stream, which is left as soon as it has come. */
async function answerIn({ body, headers }: Response, id: string, see: (message: unknown) => void): Promise<Answer> {
  if (headers.get('content-type')?.startsWith('text/event-stream') === true) {
    for await (const { data } of eventsIn(body, ANSWER_BYTES)) {
      const message = parse(data);
      see(message);
      const found = answerOf(message, id);
      if (found !== undefined) return found;
    }
    return {};
  }
  let text = '';
  for await (const piece of textIn(body, ANSWER_BYTES)) text += piece;
  const message = parse(text);
  see(message);
  if (isObject(message) && ('result' in message || 'error' in message) && message.id !== id)
    throw new Fault(`the answer has the id ${JSON.stringify(message.id)}, not that of the request`);
  return answerOf(message, id) ?? {};
}

function answerOf(message: unknown, id: string): Answer | undefined {
  if (!isObject(message) || message.id !== id || 'method' in message) return undefined;
  const { result, error } = message;
  if (isObject(error)) return { error: { code: error.code, data: error.data } };
  return isObject(result) ? { result } : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

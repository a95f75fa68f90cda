import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** A request that takes longer counts as hanging, ms. */
const HANG_MS = 20_000;

export interface Reply {
  /** 0 where no answer came: the connection was refused or cut. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** From the request to the end of its answer. */
  readonly ms: number;
  /** Why there was no whole answer. */
  readonly failure?: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

/** Sends one request over a kept connection. Never rejects: what goes wrong is what is looked for. */
export function send(agent: Agent, url: string, { method = 'POST', headers = {}, body }: Sent): Promise<Reply> {
  const started = performance.now();
  const text = body && JSON.stringify(body);
  const type =
    text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
  return new Promise((resolve) => {
    let status = 0;
    let answered: IncomingHttpHeaders = {};
    let received = '';
    const settle = (failure?: string) => {
      clearTimeout(timer);
      resolve({
        status,
        headers: answered,
        text: received,
        ms: performance.now() - started,
        ...(failure !== undefined && { failure }),
      });
    };
    const outgoing = request(url, { agent, method, headers: { ...type, ...headers } }, (response) => {
      status = Number(response.statusCode);
      answered = response.headers;
      response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
      response.once('end', () => settle(response.complete ? undefined : 'cut'));
      response.once('error', (error) => settle(error.message));
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no end within ${HANG_MS} ms`)), HANG_MS);
    outgoing.once('error', (error) => settle(error.message));
    outgoing.end(text);
  });
}

/** The result in an answer, be it JSON or the last event of a stream; undefined where there is none. */
export function answerIn<T>({ status, headers, text, failure }: Reply): T | undefined {
  if (status !== 200 || failure !== undefined) return undefined;
  const isStream = headers['content-type'] === 'text/event-stream';
  const json = isStream
    ? text
        .trimEnd()
        .split('\n')
        .at(-1)
        ?.replace(/^data: /, '')
    : text;
  return (JSON.parse(String(json)) as { result?: T }).result;
}

/** One client and its session: what it sent, what was acknowledged, and all the answers. */
export class LoadClient {
  readonly replies: Reply[] = [];
  readonly ids = new Set<string>();
  attempted = 0;
  acknowledged = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private headers: Record<string, string> = {};

  constructor(
    /** Where the next request goes. */
    private readonly url: () => string,
    /** Between two requests, ms. */
    private readonly pauseMs: number,
  ) {}

  /** Opens the session, as often as it takes. */
  async open(): Promise<void> {
    const clientInfo = { name: 'load', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    for (;;) {
      const { status, headers } = await send(this.agent, this.url(), {
        body: { jsonrpc: '2.0', id: 0, method: 'initialize', params },
      });
      if (status === 200) {
        this.headers = { 'Mcp-Session-Id': String(headers['mcp-session-id']), 'MCP-Protocol-Version': '2025-11-25' };
        return;
      }
      await delay(50);
    }
  }

  /** Sends one call after the other until it is told to stop: calculations, and now and then what `others` make. */
  async run(stopped: () => boolean, other?: (client: LoadClient, turn: number) => Promise<void>): Promise<void> {
    for (let turn = 0; !stopped(); turn += 1) {
      if (other && turn % 10 === 9) await other(this, turn);
      else await this.calculate(turn);
      await delay(this.pauseMs);
    }
  }

  async calculate(id: number): Promise<Reply> {
    this.attempted += 1;
    const reply = await this.send({
      body: {
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name: 'calculate', arguments: { a: id, b: 1, op: 'add' } },
      },
    });
    const calculationId = answerIn<{ structuredContent: { calculationId: string } }>(reply)?.structuredContent
      .calculationId;
    if (calculationId !== undefined) {
      this.acknowledged += 1;
      this.ids.add(calculationId);
    }
    return reply;
  }

  /** Sends a request of the session and notes its answer. */
  async send({ headers, ...sent }: Sent): Promise<Reply> {
    const reply = await send(this.agent, this.url(), { ...sent, headers: { ...this.headers, ...headers } });
    this.replies.push(reply);
    return reply;
  }

  /** How many calculations the session knows of; tried again while the server is away. */
  async count(): Promise<number> {
    for (let attempt = 0; ; attempt += 1) {
      const reply = await this.send({
        body: { jsonrpc: '2.0', id: 'info', method: 'resources/read', params: { uri: 'session://info' } },
      });
      const result = answerIn<{ contents: [{ text: string }] }>(reply);
      if (result) return (JSON.parse(result.contents[0].text) as { calculationCount: number }).calculationCount;
      if (attempt >= 20) throw new Error(`The session does not answer: ${reply.status} ${reply.text}${reply.failure}`);
      await delay(100);
    }
  }

  close(): void {
    this.agent.destroy();
  }
}

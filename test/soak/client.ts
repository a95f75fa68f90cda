import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';

/** A request that takes longer has failed, ms. */
const LIMIT_MS = 20_000;
const PARAMS = { capabilities: { elicitation: {} }, clientInfo: { name: 'soak', version: '1' } };

export type Headers = Record<string, string>;

/** The answer to a request: read whole by `text`, or event by event. */
export interface Reply {
  readonly status: number;
  header(name: string): string;
  text(): Promise<string>;
  /** The next event that satisfies; undefined when the stream has ended. */
  event(wanted: (event: string) => boolean): Promise<string | undefined>;
  /** The newest event. */
  last(): string;
  /** Leaves, as a client does that is closed. */
  leave(): void;
}

/** A client of one server, whose requests go to its nodes in turn. */
export class SoakClient {
  readonly agent = new Agent({ keepAlive: true });
  requests = 0;
  private turn = 0;

  constructor(private readonly origins: readonly string[]) {}

  origin(): string {
    return this.origins[(this.turn += 1) % this.origins.length] as string;
  }

  post(headers: Headers, body: unknown, path = '/mcp'): Promise<Reply> {
    return this.send('POST', headers, path, typeof body === 'string' ? body : JSON.stringify(body));
  }

  send(method: string, headers: Headers, path = '/mcp', body?: string): Promise<Reply> {
    this.requests += 1;
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.origin()}${path}`,
        { agent: this.agent, method, headers: { ...type, ...headers } },
        (res) => resolve(readable(res)),
      );
      sent.setTimeout(LIMIT_MS, () => sent.destroy(new Error(`${method} ${path}: no end within ${LIMIT_MS} ms`)));
      sent.once('error', reject);
      sent.end(body);
    });
  }

  async open(protocolVersion = '2025-11-25'): Promise<Headers> {
    const reply = await this.post({}, rpc('initialize', { protocolVersion, ...PARAMS }));
    await reply.text();
    return { 'Mcp-Session-Id': reply.header('mcp-session-id'), 'MCP-Protocol-Version': protocolVersion };
  }

  async call(session: Headers, name: string, args: object, headers: Headers = {}): Promise<Reply> {
    const params = { name, arguments: args, _meta: { progressToken: 'progress' } };
    return this.post({ ...session, ...headers }, rpc('tools/call', params));
  }

  /** A connection that says what it is told to and reads nothing. */
  unread(text: string): Promise<Socket> {
    this.requests += 1;
    const { hostname, port } = new URL(this.origin());
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.pause().write(text);
        resolve(socket);
      });
      socket.once('error', reject);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

let ids = 0;

export function rpc(
  method: string,
  params: object = {},
): { jsonrpc: '2.0'; id: number; method: string; params: object } {
  return { jsonrpc: '2.0', id: (ids += 1), method, params };
}

function readable(res: IncomingMessage): Reply {
  res.setEncoding('utf8');
  // Whoever leaves hears that the connection is gone.
  res.on('error', () => undefined);
  const chunks = res[Symbol.asyncIterator]() as AsyncIterator<string>;
  let buffer = '';
  let last = '';
  return {
    last: () => last,
    status: Number(res.statusCode),
    header: (name) => String(res.headers[name]),
    async text() {
      let text = buffer;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) text += next.value;
      return text;
    },
    async event(wanted) {
      for (;;) {
        for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
          const event = buffer.slice(0, end);
          buffer = buffer.slice(end + 2);
          last = event;
          if (wanted(event)) return event;
        }
        const next = await chunks.next();
        if (next.done) return undefined;
        buffer += next.value;
      }
    },
    leave: () => void res.destroy(),
  };
}

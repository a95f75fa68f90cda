import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface ProxyOptions {
  /** The origins of the nodes; asked at every request, so nodes may come and go. */
  targets: () => readonly string[];
  /** Asks `/readyz` of every node so often, ms, and passes requests only to nodes that were ready. */
  readyEveryMs?: number;
}

export interface RoundRobinProxy {
  readonly origin: string;
  /** The MCP endpoint. */
  readonly url: string;
  /** How many requests each node got. */
  readonly counts: ReadonlyMap<string, number>;
  /** Resolves when a node is passed requests, or no longer. */
  usable(origin: string): boolean;
  close(): Promise<void>;
}

/** A readiness probe that takes longer counts as a no, ms. */
const PROBE_MS = 1_000;

/**
 * A load balancer without sticky sessions: every request goes to the next node, and its answer, a stream too, comes back
 * as it is. A request that was sent is never sent again; where nobody takes the connection, the next node is tried.
 */
export async function startRoundRobinProxy({ targets, readyEveryMs }: ProxyOptions): Promise<RoundRobinProxy> {
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  const ready = new Set<string>();
  let turn = 0;

  const candidates = () => {
    const usable = targets().filter((origin) => readyEveryMs === undefined || ready.has(origin));
    const first = (turn += 1) % Math.max(1, usable.length);
    return [...usable.slice(first), ...usable.slice(0, first)];
  };

  const pass = (req: IncomingMessage, res: ServerResponse, [origin, ...others]: string[]) => {
    if (origin === undefined) {
      refuse(res, 502, 'no node takes the request');
      return;
    }
    const { hostname, port } = new URL(origin);
    const outgoing = request({
      agent,
      hostname,
      port,
      method: req.method,
      path: req.url,
      headers: req.headers,
      setHost: false,
    });
    let connected = false;
    outgoing.once('socket', (socket) => {
      const begin = () => {
        connected = true;
        counts.set(origin, (counts.get(origin) ?? 0) + 1);
        req.pipe(outgoing);
      };
      if (socket.connecting) socket.once('connect', begin);
      else begin();
    });
    outgoing.once('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, hopByHop(answer));
      res.flushHeaders();
      answer.pipe(res);
      // A node that dies in the middle must not look like one that has finished.
      answer.once('error', () => res.destroy());
    });
    outgoing.on('error', () => {
      if (res.headersSent) res.destroy();
      else if (!connected && !res.destroyed) pass(req, res, others);
      else refuse(res, 502, 'the node went away');
    });
    endWithClient(res, outgoing);
  };

  const server = createServer({ keepAliveTimeout: 75_000 }, (req, res) => pass(req, res, candidates()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const probe = async () => {
    const origins = targets();
    await Promise.all(
      origins.map(async (origin) => {
        const answer = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(PROBE_MS) }).catch(
          () => undefined,
        );
        await answer?.arrayBuffer().catch(() => undefined);
        if (answer?.ok) ready.add(origin);
        else ready.delete(origin);
      }),
    );
    for (const origin of ready) if (!origins.includes(origin)) ready.delete(origin);
  };
  const polling = readyEveryMs === undefined ? undefined : setInterval(() => void probe(), readyEveryMs);
  if (polling) await probe();

  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/mcp`,
    counts,
    usable: (target) => ready.has(target),
    async close() {
      clearInterval(polling);
      server.closeAllConnections();
      server.close();
      agent.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** What belongs to one connection alone (RFC 9110, 7.6.1). */
function hopByHop({ headers }: IncomingMessage) {
  const { connection: _connection, 'keep-alive': _keepAlive, ...rest } = headers;
  return rest;
}

function refuse(res: ServerResponse, status: number, why: string): void {
  if (!res.destroyed) res.writeHead(status, { 'Content-Type': 'text/plain' }).end(why);
}

/** A client that goes takes its request to the node with it. */
function endWithClient(res: ServerResponse, outgoing: ClientRequest): void {
  res.once('close', () => {
    if (!res.writableFinished) outgoing.destroy();
  });
}

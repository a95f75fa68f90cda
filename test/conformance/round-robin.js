import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';

/**
 * Passes every request to the next of the nodes, as a load balancer without sticky sessions does. An answer, a stream
 * too, comes back as it is; nothing is sent twice.
 * @param {readonly string[]} origins
 * @returns {Promise<{ origin: string, close(): Promise<void> }>}
 */
export async function startRoundRobin(origins) {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((req, res) => {
    const { hostname, port } = new URL(origins[(turn += 1) % origins.length]);
    const { method, url: path, headers } = req;
    const outgoing = request({ agent, hostname, port, method, path, headers, setHost: false }, (answer) => {
      const { connection: _connection, 'keep-alive': _keepAlive, ...rest } = answer.headers;
      res.writeHead(answer.statusCode, rest).flushHeaders();
      answer.pipe(res);
      answer.once('error', () => res.destroy());
    });
    outgoing.once('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end()));
    res.once('close', () => res.writableFinished || outgoing.destroy());
    req.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      agent.destroy();
    },
  };
}

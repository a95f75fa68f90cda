// A load balancer without sticky sessions: every connection goes to the next node. Arguments: its port, the nodes' ports.
import { connect, createServer } from 'node:net';

const [port, ...nodes] = process.argv.slice(2).map(Number);
let turn = 0;

createServer((client) => {
  const node = connect(nodes[turn++ % nodes.length], '127.0.0.1');
  const end = () => {
    client.destroy();
    node.destroy();
  };
  for (const socket of [client, node]) socket.setNoDelay(true).on('error', end).on('close', end);
  client.pipe(node).pipe(client);
}).listen(port, '127.0.0.1');

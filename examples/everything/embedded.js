// The same catalog by the library: `npm run start:library`.
import { createServer } from 'node:http';
import { createNodeHandler } from 'mcp-calc';
import catalog from './catalog.js';

const mcp = await createNodeHandler(catalog);
const server = createServer((req, res) => {
  if (req.url === '/mcp') void mcp(req, res);
  else res.writeHead(404).end('The server is at /mcp\n');
});
server.listen(Number(process.env.PORT ?? 1453), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/mcp`);
});

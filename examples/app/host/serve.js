// A host to look at the panel in: http://127.0.0.1:1454. A real one is a chat; this one has called the tool already.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const FILES = {
  '/': ['text/html; charset=utf-8', 'host.html'],
  '/host.js': ['text/javascript; charset=utf-8', '../dist/host.js'],
};

const server = createServer((req, res) => {
  const file = FILES[new URL(req.url, 'http://host').pathname];
  if (!file) return res.writeHead(404).end();
  res.setHeader('Content-Type', file[0]);
  res.end(readFileSync(new URL(file[1], import.meta.url)));
});
server.listen(Number(process.env.PORT ?? 1454), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/?server=http://127.0.0.1:1453/mcp`);
});

// A bare node:http server that answers every POST as a calculation would be answered. Argument: the port.
import { createServer } from 'node:http';
import { answerTo } from './answer.js';

createServer((req, res) => {
  let body = '';
  req.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  req.on('end', () => {
    const text = JSON.stringify(answerTo(JSON.parse(body)));
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');

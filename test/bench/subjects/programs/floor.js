// The floor: what one answer costs on node:http where nothing is done but what has to be: the message is read, the arguments and the
// result are checked, the arithmetic is exact, and the answer has the product's very bytes and headers. Arguments: the port, and
// `line` to write the product's access line for each request.
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { calculatorCatalog } from '../../results/catalog.js';
import { calculation, inputShape, outputShape } from '../calculation.js';

const [port, line] = process.argv.slice(2);
const input = z.object(inputShape);
const output = z.object(outputShape);
const { tools: catalog, instructions } = calculatorCatalog();
const tools = catalog.map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
  name,
  title,
  description,
  inputSchema: z.toJSONSchema(inputSchema, { io: 'input' }),
  ...(outputSchema && { outputSchema: z.toJSONSchema(outputSchema) }),
  annotations,
}));
const greeting = {
  protocolVersion: '2025-11-25',
  capabilities: { completions: {}, logging: {}, prompts: {}, resources: { subscribe: true }, tools: {} },
  serverInfo: { name: 'floor', version: '1.0.0' },
  instructions,
};
const methods = {
  initialize: () => greeting,
  'tools/list': () => ({ tools }),
  'tools/call'({ arguments: given }) {
    const result = calculation(input.parse(given));
    output.parse(result.structuredContent);
    return result;
  },
};
const HEADERS = [
  ['Content-Type', 'application/json'],
  ['content-security-policy', "default-src 'none';frame-ancestors 'none'"],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['origin-agent-cluster', '?1'],
  ['referrer-policy', 'same-origin'],
  ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
  ['x-content-type-options', 'nosniff'],
  ['x-dns-prefetch-control', 'off'],
  ['x-download-options', 'noopen'],
  ['x-frame-options', 'DENY'],
  ['x-permitted-cross-domain-policies', 'none'],
  ['x-xss-protection', '0'],
].flat();

createServer((req, res) => {
  const start = performance.now();
  let body = '';
  req.setEncoding('utf8').on('data', (chunk) => (body += chunk));
  req.on('end', () => {
    const { id, method, params } = JSON.parse(body);
    const text = JSON.stringify({ jsonrpc: '2.0', id, result: methods[method](params) });
    const requestId = randomUUID();
    const own = ['Content-Length', Buffer.byteLength(text), 'X-Request-Id', requestId];
    if (method === 'initialize') own.push('Mcp-Session-Id', randomUUID());
    res.writeHead(200, [...HEADERS, ...own]).end(text);
    if (line) log({ requestId, method, durationMs: Math.round((performance.now() - start) * 100) / 100 });
  });
}).listen(Number(port), '127.0.0.1');

function log({ requestId, method, durationMs }) {
  const timestamp = new Date().toISOString();
  const about = { level: 'info', timestamp, requestId, method: 'POST', path: '/mcp', status: 200, durationMs };
  const rest = { address: '127.0.0.1', outcome: 'ok', rpcMethod: method, tool: 'calculate', era: 'legacy' };
  writeSync(2, `${JSON.stringify({ ...about, ...rest, message: 'request' })}\n`);
}

// What a call costs that passes through to a command: CPU of the process in between, that of the command apart, beside an echo of
// Express and, where their folder is named, supergateway in the same run:
//   npm run build && node test/bench/bridge.js [folder with node_modules of supergateway and express]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../..');
const CHILD = [process.execPath, join(ROOT, 'test/fixtures/child.js')];
const [PEERS] = process.argv.slice(2).map((each) => resolve(each));
const WARM = 3_000;
const CALLS = 10_000;
const AT_ONCE = 16;
const ROUNDS = 3;
const TICK_MS = 10;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

const EXPRESS = `
const express = require('express');
const app = express();
app.use(express.json());
app.post('/mcp', (req, res) => res.json({ jsonrpc: '2.0', id: req.body.id, result: req.body.params ?? {} }));
app.listen(Number(process.argv[1]), '127.0.0.1');`;

const ours =
  (...flags) =>
  (port) => [
    process.execPath,
    'bin/mcp-calc.js',
    'http',
    '--port',
    port,
    '--log-level',
    'warn',
    ...flags,
    '--',
    ...CHILD,
  ];

const subjects = {
  'mcp-calc http --': ours(),
  'mcp-calc http --, one for all': ours('--share'),
  'Express, echo': (port) => [process.execPath, '-e', EXPRESS, port],
  ...(PEERS &&
    existsSync(join(PEERS, 'node_modules/supergateway')) && {
      'supergateway, stateful': (port) => [
        process.execPath,
        join(PEERS, 'node_modules/supergateway/dist/index.js'),
        '--stdio',
        CHILD.join(' '),
        '--outputTransport',
        'streamableHttp',
        '--stateful',
        '--port',
        port,
        '--logLevel',
        'none',
      ],
    }),
};

for (let round = 0; round < ROUNDS; round += 1)
  for (const [name, command] of Object.entries(subjects)) {
    const figure = await measure(command).catch((error) => error.message);
    console.log(`${name.padEnd(32)} ${typeof figure === 'string' ? figure : `${figure.toFixed(0)} µs of CPU a call`}`);
  }
agent.destroy();

async function measure(command) {
  const port = await freePort();
  const child = spawn(...split(command(String(port))), {
    cwd: PEERS && command(String(port))[1] === '-e' ? PEERS : ROOT,
    stdio: 'ignore',
  });
  try {
    const session = await open(port);
    await load(port, session, WARM);
    const before = cpuOf(child.pid);
    await load(port, session, CALLS);
    return ((cpuOf(child.pid) - before) * 1_000) / CALLS;
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([ended, delay(5_000)]);
    child.kill('SIGKILL');
  }
}

/** The session's headers, as soon as a server answers. */
async function open(port) {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await post(port, {}, { jsonrpc: '2.0', id: 0, method: 'initialize', params }).catch(() => undefined);
    if (answer?.status === 200) {
      const id = answer.headers['mcp-session-id'];
      const session = { ...(id && { 'Mcp-Session-Id': id, 'MCP-Protocol-Version': '2025-11-25' }) };
      await post(port, session, { jsonrpc: '2.0', method: 'notifications/initialized' });
      return session;
    }
    if (Date.now() > end) throw new Error('did not answer initialize');
    await delay(100);
  }
}

async function load(port, session, calls) {
  let next = 0;
  const one = async () => {
    while ((next += 1) <= calls) {
      const params = { name: 'echo', arguments: { said: 'x' } };
      const { status } = await post(port, session, { jsonrpc: '2.0', id: next, method: 'tools/call', params });
      if (status !== 200) throw new Error(`answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

function post(port, session, message) {
  const body = JSON.stringify(message);
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'Content-Length': Buffer.byteLength(body),
    ...session,
  };
  return new Promise((done, fail) => {
    const sent = request(
      { agent, host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers, timeout: 30_000 },
      (answer) => {
        answer.resume();
        answer.once('end', () => done({ status: answer.statusCode, headers: answer.headers }));
      },
    );
    sent.once('timeout', () => sent.destroy(new Error('no answer within 30 s')));
    sent.once('error', fail);
    sent.end(body);
  });
}

/** User and system time of one process, its children's apart, ms. */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function split([command, ...args]) {
  return [command, args];
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

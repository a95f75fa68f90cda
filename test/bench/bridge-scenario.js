// One scenario of the SDK's client through programs that bring a command to HTTP, part by part:
//   npm run build && node test/bench/bridge-scenario.js [folder with node_modules of supergateway and mcp-proxy]
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '../..');
const CHILD = [process.execPath, join(ROOT, 'test/fixtures/child.js')];
const PEERS = resolve(process.argv[2] ?? ROOT);
const LIMIT_MS = 5_000;
const modules = (path) => join(PEERS, 'node_modules', path);
const programs = {
  'mcp-calc http --': [process.execPath, join(ROOT, 'bin/mcp-calc.js'), 'http', '--port', '18821', '--', ...CHILD],
  supergateway: [
    process.execPath,
    modules('supergateway/dist/index.js'),
    '--stdio',
    CHILD.join(' '),
    '--outputTransport',
    'streamableHttp',
    '--stateful',
    '--port',
    '18821',
  ],
  'mcp-proxy': [process.execPath, modules('mcp-proxy/dist/bin/mcp-proxy.mjs'), '--port', '18821', '--', ...CHILD],
};

const text = async (client, name, args = {}) => (await client.callTool({ name, arguments: args })).content[0].text;
const says = async (promise, wanted) => {
  const got = await promise;
  if (!String(got).includes(wanted)) throw new Error(`got ${String(got).slice(0, 80)}`);
};
const parts = {
  'a call': ({ client }) => says(text(client, 'echo', { said: 'x' }), 'x'),
  'the client’s own greeting': ({ client }) => says(text(client, 'client'), '"scenario"'),
  'a process for each session': async ({ client, connect }) => {
    const other = await connect();
    const [one, two] = await Promise.all([text(client, 'pid'), text(other.client, 'pid')]);
    await other.client.close();
    if (one === two) throw new Error('one process for all');
  },
  elicitation: ({ client }) => says(text(client, 'ask'), 'accept: Ada'),
  sampling: ({ client }) => says(text(client, 'sample'), 'from the model'),
  async progress({ client }) {
    const seen = [];
    await client.callTool({ name: 'progress', arguments: { pauseMs: 30 } }, undefined, {
      onprogress: (each) => seen.push(each.progress),
    });
    if (seen.length !== 3) throw new Error(`${seen.length} of 3`);
  },
  async cancellation({ client }) {
    const stopped = new AbortController();
    client.callTool({ name: 'sleep' }, undefined, { signal: stopped.signal }).catch(() => undefined);
    await delay(100);
    stopped.abort('enough');
    await delay(200);
    await says(text(client, 'heard'), 'notifications/cancelled');
  },
  async 'log messages'({ client, told }) {
    await text(client, 'log');
    await delay(300);
    if (!told.includes('log')) throw new Error('none');
  },
  async 'list changes'({ client, told }) {
    await text(client, 'change');
    await delay(300);
    if (!told.includes('tools')) throw new Error('none');
  },
  async 'a call ends when the process dies'({ client }) {
    const outcome = await Promise.race([
      text(client, 'crash').then(
        () => 'answered',
        (error) => error.message,
      ),
      delay(3_000, 'never'),
    ]);
    if (outcome === 'never') throw new Error('the call never ends');
    await says(outcome, 'the disk is full');
  },
  async 'and the next greeting is served'({ connect }) {
    const { client } = await connect();
    await says(text(client, 'echo', { said: 'anew' }), 'anew');
    await client.close();
  },
};

for (const [name, [command, ...args]] of Object.entries(programs)) {
  console.log(`\n${name}`);
  const program = spawn(command, args, { stdio: 'ignore', detached: true });
  try {
    await until(() => fetch('http://127.0.0.1:18821/'));
    const first = await connect().catch((error) => ({ error }));
    for (const [part, run] of Object.entries(parts)) {
      const outcome =
        first.error ??
        (await Promise.race([
          run({ ...first, connect }).then(
            () => undefined,
            (error) => error,
          ),
          delay(LIMIT_MS, new Error('no answer')),
        ]));
      console.log(`  ${outcome ? `FAILS   ${part}: ${outcome.message.slice(0, 100)}` : `passes  ${part}`}`);
    }
    await first.client?.close();
  } finally {
    const ended = once(program, 'exit');
    if (program.exitCode === null) process.kill(-program.pid, 'SIGTERM');
    await Promise.race([ended, delay(3_000)]);
    if (program.exitCode === null && program.signalCode === null) process.kill(-program.pid, 'SIGKILL');
  }
}
process.exit(0);

async function connect() {
  const told = [];
  const client = new Client({ name: 'scenario', version: '1' }, { capabilities: { elicitation: {}, sampling: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    model: 'm',
    content: { type: 'text', text: 'from the model' },
  }));
  client.setNotificationHandler(LoggingMessageNotificationSchema, () => void told.push('log'));
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('tools'));
  await client.connect(new StreamableHTTPClientTransport(new URL('http://127.0.0.1:18821/mcp')));
  return { client, told };
}

async function until(check) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      return await check();
    } catch {
      await delay(100);
    }
  }
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Callbacks } from '../../src/client/callbacks.js';
import { callTool, complete, getPrompt, ping, readResource, setLogLevel, subscribe } from '../../src/client/calls.js';
import { connect } from '../../src/client/connect.js';
import type { Connection } from '../../src/client/connection.js';
import { ErrorAnswer } from '../../src/client/errors.js';
import { listPrompts, listResources, listTemplates, listTools } from '../../src/client/lists.js';
import { outputFault } from '../../src/client/output-schema.js';
import { describeServer } from '../../src/client/connection.js';
import type { Target } from '../../src/client/target.js';
import { eventually } from '../helpers/eventually.js';

const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');
const processes: ChildProcess[] = [];

/** The server takes no port 0: a free one is found for it. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function start(kind: 'sse' | 'streamableHttp'): Promise<number> {
  const port = await freePort();
  const child = spawn(process.execPath, [program, kind], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes(String(port))) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', () => reject(new Error(`server-everything ended: ${said}`)));
  });
  return port;
}

const targets: Record<string, Target> = {
  stdio: { kind: 'stdio', command: process.execPath, args: [program, 'stdio'] },
};

beforeAll(async () => {
  const [http, sse] = await Promise.all([start('streamableHttp'), start('sse')]);
  const at = (port: number, path: string): Target => ({
    kind: 'http',
    url: new URL(`http://127.0.0.1:${port}${path}`),
    transport: 'auto',
    headers: {},
  });
  targets['streamable-http'] = at(http, '/mcp');
  targets.sse = at(sse, '/sse');
});

afterAll(async () => {
  await Promise.all(
    processes.map(async (child) => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }),
  );
});

describe.each(['stdio', 'sse', 'streamable-http'])('server-everything over %s', (kind) => {
  let connection: Connection;
  const changes: string[] = [];
  const logs: string[] = [];
  const callbacks: Callbacks = {
    elicit: () => Promise.resolve({ action: 'accept', content: { name: 'Ada' } }),
    sample: (request) =>
      Promise.resolve({
        role: 'assistant',
        model: 'test',
        content: { type: 'text', text: `sampled for ${request.maxTokens} tokens` },
      }),
    onChange: (method) => void changes.push(method),
    onLog: ({ level }) => void logs.push(level),
  };

  beforeAll(async () => {
    const target = targets[kind];
    if (target === undefined) throw new Error(`no target ${kind}`);
    connection = await connect(target, { callbacks, timeoutMs: 10_000, roots: ['file:///tmp'] });
  });
  afterAll(() => connection.close());

  const text = async (name: string, args: Record<string, unknown> = {}): Promise<string> => {
    const tool = (await listTools(connection)).find((one) => one.name === name) ?? { name };
    const { content } = await callTool(connection, tool, args);
    return content.map((block) => (block.type === 'text' ? block.text : block.type)).join('\n');
  };

  it('is found to speak it, and says who it is', () => {
    expect(describeServer(connection)).toMatchObject({
      transport: kind,
      protocolVersion: '2025-11-25',
      server: { name: 'mcp-servers/everything' },
    });
  });

  it('lists tools, resources, templates and prompts', async () => {
    expect((await listTools(connection)).length).toBeGreaterThan(10);
    expect((await listResources(connection)).length).toBeGreaterThan(0);
    expect((await listTemplates(connection)).length).toBeGreaterThan(0);
    expect((await listPrompts(connection)).map(({ name }) => name)).toContain('args-prompt');
  });

  it('answers calls, structured ones as they are declared', async () => {
    expect(await text('get-sum', { a: 2, b: 40 })).toContain('42');
    const tool = (await listTools(connection)).find(({ name }) => name === 'get-structured-content');
    const result = await callTool(connection, tool ?? { name: '' }, { location: 'Chicago' });
    expect(result.structuredContent).toHaveProperty('temperature');
    expect(outputFault(tool ?? { name: '' }, result)).toBeUndefined();
    expect(outputFault(tool ?? { name: '' }, { ...result, structuredContent: { temperature: 'hot' } })).toMatch(
      /does not fit its outputSchema/,
    );
  });

  it('gets elicitation answered, defaults filled in (SEP-1034)', async () => {
    const answer = await text('trigger-elicitation-request');
    expect(answer).toContain('"name": "Ada"');
    expect(answer).toContain('"integer": 42');
  });

  it('gets sampling answered', async () => {
    expect(await text('trigger-sampling-request', { prompt: 'hello', maxTokens: 7 })).toContain('sampled for 7 tokens');
  });

  it('learns the roots', async () => {
    expect(await text('get-roots-list')).toContain('file:///tmp');
  });

  it('reports progress', async () => {
    const seen: number[] = [];
    await callTool(
      connection,
      { name: 'trigger-long-running-operation' },
      { duration: 0.2, steps: 2 },
      { onProgress: ({ progress }) => void seen.push(progress) },
    );
    expect(seen).toEqual([1, 2]);
  });

  it('reads, completes, gets prompts, pings', async () => {
    const [{ uri = '' } = {}] = await listResources(connection);
    expect((await readResource(connection, uri)).contents[0]?.uri).toBe(uri);
    expect(
      (
        await complete(
          connection,
          { type: 'ref/prompt', name: 'completable-prompt' },
          { name: 'department', value: 'E' },
          {},
        )
      ).completion.values,
    ).toEqual(['Engineering']);
    expect(JSON.stringify((await getPrompt(connection, 'args-prompt', { city: 'Paris' })).messages)).toContain('Paris');
    expect(await ping(connection)).toBeGreaterThan(0);
  });

  it('sends what was subscribed to, and logs at the level that was asked for', async () => {
    const [{ uri = '' } = {}] = await listResources(connection);
    await subscribe(connection, uri);
    await setLogLevel(connection, 'debug');
    await text('toggle-subscriber-updates');
    await eventually(() => expect(changes).toContain('notifications/resources/updated'));
    await text('toggle-subscriber-updates');
  });

  it('is cancelled', async () => {
    const controller = new AbortController();
    const call = callTool(
      connection,
      { name: 'trigger-long-running-operation' },
      { duration: 60, steps: 2 },
      { signal: controller.signal },
    );
    setImmediate(() => controller.abort());
    await expect(call).rejects.toMatchObject({ reason: 'cancelled' });
    expect(await ping(connection)).toBeGreaterThan(0);
  });

  it('answers an unknown resource with an error that keeps its code', async () => {
    const failure: unknown = await readResource(connection, 'nope://x').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ErrorAnswer);
    expect(failure).toMatchObject({ reason: 'answer', rpcCode: -32602 });
  });
});

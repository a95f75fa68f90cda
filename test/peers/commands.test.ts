import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as NewestClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterEach, expect, test } from 'vitest';
import { connectTo, say, spawnCommand } from '../helpers/child-server.js';
import { eventually } from '../helpers/eventually.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

const require = createRequire(import.meta.url);
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(command: readonly string[], flags: readonly string[] = []): Promise<SpawnedServer> {
  const server = await spawnCommand(flags, command);
  closing.push(() => server.stop());
  return server;
}

async function connect({ origin }: SpawnedServer): Promise<Client> {
  const client = await connectTo(origin);
  closing.push(() => client.close());
  return client;
}

const programOf = (name: string) => require.resolve(`@modelcontextprotocol/${name}/dist/index.js`);

test('server-everything passes a whole scenario through: progress, sampling, elicitation, roots, logs, resources', async () => {
  const server = await serve([process.execPath, programOf('server-everything'), 'stdio']);
  const client = await connect(server);
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(8);
  const seen: number[] = [];
  await client.callTool({ name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } }, undefined, {
    onprogress: ({ progress }) => void seen.push(progress),
  });
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(await say(client, 'trigger-sampling-request', { prompt: 'x', maxTokens: 5 })).toContain('from the model');
  expect(await say(client, 'trigger-elicitation-request')).toContain('provided the requested information');
  await eventually(async () => expect(await say(client, 'get-roots-list')).toContain('file:///x'));
  await client.setLoggingLevel('debug');
  const { resources } = await client.listResources();
  expect((await client.readResource({ uri: String(resources[0]?.uri) })).contents).toHaveLength(1);
  const { prompts } = await client.listPrompts();
  expect(prompts.length).toBeGreaterThan(1);
  const newest = new NewestClient({ name: 'newest', version: '1' });
  await newest.connect(new StreamableHTTPClientTransport(new URL(`${server.origin}/mcp`)));
  closing.push(() => newest.close());
  const { content } = await newest.callTool({ name: 'echo', arguments: { message: 'hi' } });
  expect(JSON.stringify(content)).toContain('hi');
});

test('server-filesystem reads a file of the folder that it is given', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-files-'));
  closing.push(async () => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'note.txt'), 'seen');
  const client = await connect(await serve([process.execPath, programOf('server-filesystem'), folder], ['--share']));
  expect(await say(client, 'read_text_file', { path: join(folder, 'note.txt') })).toContain('seen');
});

test('server-memory keeps its graph in the file that --env names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-graph-'));
  closing.push(async () => rmSync(folder, { recursive: true }));
  const env = `MEMORY_FILE_PATH=${join(folder, 'graph.json')}`;
  const server = await serve([process.execPath, programOf('server-memory')], ['--env', env]);
  const entities = [{ name: 'Ada', entityType: 'person', observations: ['counts'] }];
  await say(await connect(server), 'create_entities', { entities });
  expect(await say(await connect(server), 'read_graph')).toContain('Ada');
});

test('server-sequential-thinking keeps its thoughts for each session', async () => {
  const server = await serve([process.execPath, programOf('server-sequential-thinking')]);
  const thought = { thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 };
  const [one, other] = await Promise.all([connect(server), connect(server)]);
  await say(one, 'sequentialthinking', thought);
  expect(await say(one, 'sequentialthinking', thought)).toMatch(/"thoughtHistoryLength": 2/);
  expect(await say(other, 'sequentialthinking', thought)).toMatch(/"thoughtHistoryLength": 1/);
});

test('a server in plain Python counts words, and tells of it', async () => {
  const client = await connect(await serve(['python3', join(import.meta.dirname, '../fixtures/words.py')]));
  const seen: number[] = [];
  const { content } = await client.callTool({ name: 'count_words', arguments: { text: 'one two three' } }, undefined, {
    onprogress: ({ progress }) => void seen.push(progress),
  });
  expect(JSON.stringify(content)).toContain('"3"');
  expect(seen.at(-1)).toBe(3);
});

import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectTo, say, serveChild, spawnCommand } from '../helpers/child-server.js';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import { envelope, MODERN, post } from '../helpers/modern.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

const clients: Client[] = [];

async function connect({ origin }: SpawnedServer): Promise<Client> {
  const client = await connectTo(origin);
  clients.push(client);
  return client;
}

afterEach(async () => void (await Promise.all(clients.splice(0).map((client) => client.close()))));

const ASKABLE = { _meta: envelope({ elicitation: {}, sampling: {} }) };

describe('a server of the legacy era behind clients of the modern one', () => {
  let server: SpawnedServer;
  let url: string;
  beforeAll(async () => {
    server = await serveChild();
    url = `${server.origin}/mcp`;
  });
  afterAll(() => server?.stop());

  test('is discovered, listed and called in their words', async () => {
    const { body: discovered } = await post(url, 'server/discover');
    expect(discovered.result).toMatchObject({ resultType: 'complete', supportedVersions: [MODERN] });
    const { body: listed } = await post(url, 'tools/list');
    expect(listed.result).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private' });
    const { body: called } = await post(url, 'tools/call', { name: 'echo', arguments: { said: 'x' } });
    expect(called.result).toMatchObject({ resultType: 'complete', content: [{ text: 'x' }] });
    expect(JSON.stringify(called.result?._meta)).toContain('"child"');
    const { status, body: unknown } = await post(url, 'ping');
    expect([status, unknown.error?.code]).toEqual([404, -32601]);
  });

  test('says through info what is not translated', async () => {
    const { stdout } = await runCli(['client', 'info', '--era', 'modern', '--url', url]);
    expect(stdout).toMatch(
      /^Translated +from 2025-11-25; not: tasks, extensions, notifications\/elicitation\/complete$/m,
    );
    const untranslated = await runCli(['client', 'info', '--era', 'legacy', '--url', url]);
    expect(untranslated.stdout).toMatch(/^Protocol/m);
    expect(untranslated.stdout).not.toContain('Translated');
  });

  test('asks by rounds: its call waits for the next one', async () => {
    const { body: first } = await post(url, 'tools/call', { ...ASKABLE, name: 'ask' });
    expect(first.result).toMatchObject({ resultType: 'input_required' });
    const { inputRequests, requestState } = first.result as { inputRequests: object; requestState: string };
    const [key = ''] = Object.keys(inputRequests);
    const inputResponses = { [key]: { action: 'accept', content: { name: 'Grace' } } };
    const more = { ...ASKABLE, inputResponses, requestState };
    const { body: other } = await post(url, 'tools/call', { ...more, name: 'echo' });
    expect(other.error?.code).toBe(-32602);
    const { body: second } = await post(url, 'tools/call', { ...more, name: 'ask' });
    expect(second.result).toMatchObject({ resultType: 'complete', content: [{ text: 'accept: Grace' }] });
    const { body: again } = await post(url, 'tools/call', { ...more, name: 'ask' });
    expect(again.error?.code).toBe(-32602);
  });

  test('is told where a client can’t be asked', async () => {
    const { body } = await post(url, 'tools/call', { name: 'ask' });
    expect(JSON.stringify(body.result)).toContain('refused: The client has not declared');
  });
});

describe('a server of the modern era', () => {
  let server: SpawnedServer;
  let url: string;
  beforeAll(async () => {
    const program = join(import.meta.dirname, '../fixtures/modern-child.js');
    server = await spawnCommand(['--children', '2'], [process.execPath, program]);
    url = `${server.origin}/mcp`;
  });
  afterAll(() => server?.stop());

  test('gets the requests of modern clients with their envelope, and its answers are as they are', async () => {
    const { body: listed } = await post(url, 'tools/list');
    expect(listed.result).toMatchObject({ ttlMs: 5_000, cacheScope: 'public' });
    const { body } = await post(url, 'tools/call', { ...ASKABLE, name: 'envelope' });
    expect(JSON.stringify(body.result)).toContain('elicitation');
    const { body: asked } = await post(url, 'tools/call', { ...ASKABLE, name: 'ask' });
    expect(asked.result).toMatchObject({
      resultType: 'input_required',
      requestState: expect.stringMatching(/~asked$/),
    });
    const { requestState } = asked.result as { requestState: string };
    const inputResponses = { who: { action: 'accept', content: { name: 'Grace' } } };
    const { body: second } = await post(url, 'tools/call', { ...ASKABLE, name: 'ask', inputResponses, requestState });
    expect(second.result).toMatchObject({ content: [{ text: 'hello Grace' }] });
  });

  test('is listened to, under the ids of those who listen', async () => {
    const accepted = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
    const headers = { ...accepted, 'MCP-Protocol-Version': MODERN, 'Mcp-Method': 'subscriptions/listen' };
    const params = { notifications: { toolsListChanged: true }, _meta: envelope() };
    const body = { jsonrpc: '2.0', id: 'mine', method: 'subscriptions/listen', params };
    const stopped = new AbortController();
    const { signal } = stopped;
    const events = new EventReader(await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal }));
    const first: unknown = await events.message();
    expect(JSON.stringify(first)).toContain('"mine"');
    // Of two processes, the other may be the one that is called.
    for (let count = 0; count < 4; count += 1) await post(url, 'tools/call', { name: 'change' });
    expect(JSON.stringify(await events.message())).toMatch(/list_changed.*"mine"|"mine".*list_changed/);
    stopped.abort();
  });

  test('says to legacy clients through info what is not translated', async () => {
    const { stdout } = await runCli(['client', 'info', '--era', 'legacy', '--url', url]);
    expect(stdout).toMatch(/^Translated +from 2026-07-28; not: tasks, extensions/m);
  });

  test('serves legacy clients: its questions are asked, its progress told, its results in older words', async () => {
    const client = await connect(server);
    expect(client.getServerVersion()).toEqual({ name: 'modern child', version: '1.0.0' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('ask');
    expect(await say(client, 'ask')).toBe('hello Ada');
    const seen: number[] = [];
    await client.callTool({ name: 'progress' }, undefined, { onprogress: ({ progress }) => void seen.push(progress) });
    expect(seen).toContain(3);
    await client.setLoggingLevel('warning');
    const said = JSON.parse(await say(client, 'envelope')) as Record<string, unknown>;
    expect(said['io.modelcontextprotocol/logLevel']).toBe('warning');
    expect(said['io.modelcontextprotocol/clientInfo']).toMatchObject({ name: 'test' });
    expect(await client.callTool({ name: 'echo', arguments: { said: 'x' } })).not.toHaveProperty('resultType');
    await client.ping();
  });

  test('tells legacy clients of what changes', async () => {
    const client = await connect(server);
    const told: string[] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('tools'));
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void told.push(params.uri));
    await client.subscribeResource({ uri: 'x://1' });
    await eventually(async () => {
      await say(client, 'change');
      expect(told).toEqual(expect.arrayContaining(['tools', 'x://1']));
    });
  });

  test('is told of a cancellation', async () => {
    const client = await connect(server);
    const stopped = new AbortController();
    const call = client.callTool({ name: 'sleep' }, undefined, { signal: stopped.signal });
    call.catch(() => undefined);
    await say(client, 'echo', { said: 'x' });
    stopped.abort();
    await eventually(async () => expect(await say(client, 'cancelled')).toMatch(/\d/));
  });
});

describe('a server that all share', () => {
  let server: SpawnedServer;
  beforeAll(async () => void (server = await serveChild(['--share'])));
  afterAll(() => server?.stop());

  test('is one process, in which the same ids of several clients are kept apart', async () => {
    const [one, other] = await Promise.all([connect(server), connect(server)]);
    expect(await say(one, 'pid')).toBe(await say(other, 'pid'));
    const said = await Promise.all(
      [1, 2, 3, 4].flatMap((n) => [one, other].map((each) => say(each, 'echo', { said: `${n}` }))),
    );
    expect(said).toEqual(['1', '1', '2', '2', '3', '3', '4', '4']);
  });

  test('asks the client whose request is the only one, and is told where there are several', async () => {
    const [one, other] = await Promise.all([connect(server), connect(server)]);
    expect(await say(one, 'ask')).toBe('accept: Ada');
    const stopped = new AbortController();
    other.callTool({ name: 'sleep' }, undefined, { signal: stopped.signal }).catch(() => undefined);
    await eventually(async () => expect(await say(one, 'ask')).toMatch(/refused: It is not known which client/));
    stopped.abort();
    await eventually(async () => expect(await say(one, 'ask')).toBe('accept: Ada'));
  });

  test('tells all of a list that has changed, and is started again when it has died', async () => {
    const [one, other] = await Promise.all([connect(server), connect(server)]);
    const told: string[] = [];
    one.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('one'));
    other.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('other'));
    await eventually(async () => {
      await say(one, 'change');
      expect(told).toEqual(expect.arrayContaining(['one', 'other']));
    });
    await expect(say(one, 'crash')).rejects.toThrow(/the disk is full/);
    await expect(say(other, 'echo')).rejects.toThrow(/It is started again in/);
    await eventually(async () => expect(await say(other, 'echo', { said: 'back' })).toBe('back'));
  });
});

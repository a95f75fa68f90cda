import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectTo, say, serveChild } from '../helpers/child-server.js';
import { eventually } from '../helpers/eventually.js';
import { childrenOf, endedWithin } from '../helpers/processes.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

let server: SpawnedServer;
const clients: Client[] = [];

async function connect(): Promise<Client> {
  const client = await connectTo(server.origin);
  clients.push(client);
  return client;
}

beforeAll(async () => void (server = await serveChild(['--env', 'PLANTED=yes', '--session-ttl', '60s'])));
afterEach(async () => void (await Promise.all(clients.splice(0).map((client) => client.close()))));
afterAll(() => server?.stop());

describe('a server that is started by its command', () => {
  test('is the client’s own: its greeting is passed on, and its pid stays', async () => {
    const one = await connect();
    const other = await connect();
    expect(one.getServerVersion()).toMatchObject({ name: 'child' });
    expect(JSON.parse(await say(one, 'client'))).toMatchObject({
      clientInfo: { name: 'test' },
      capabilities: { roots: { listChanged: true } },
    });
    const pid = await say(one, 'pid');
    expect(await say(one, 'pid')).toBe(pid);
    expect(await say(other, 'pid')).not.toBe(pid);
  });

  test('asks its client while a call runs, and gets the answer', async () => {
    const client = await connect();
    expect(await say(client, 'ask')).toBe('accept: Ada');
    expect(await say(client, 'sample')).toBe('from the model');
  });

  test('tells of progress under the client’s own token, before the answer', async () => {
    const client = await connect();
    const seen: number[] = [];
    await client.callTool({ name: 'progress', arguments: { pauseMs: 30 } }, undefined, {
      onprogress: ({ progress }) => void seen.push(progress),
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('is told of a cancellation under the id that it knows, and of what is about no request', async () => {
    const client = await connect();
    const stopped = new AbortController();
    const call = client.callTool({ name: 'sleep' }, undefined, { signal: stopped.signal });
    await say(client, 'echo', { said: 'x' });
    stopped.abort('enough');
    await expect(call).rejects.toThrow();
    await client.sendRootsListChanged();
    await eventually(async () => {
      const heard = JSON.parse(await say(client, 'heard')) as { method: string; params?: { requestId: number } }[];
      const methods = heard.map(({ method }) => method);
      expect(methods).toContain('notifications/initialized');
      expect(methods).toContain('notifications/roots/list_changed');
      expect(heard.find(({ method }) => method === 'notifications/cancelled')?.params?.requestId).toBeTypeOf('number');
    });
  });

  test('tells its session of changes and log messages', async () => {
    const client = await connect();
    const told: string[] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void told.push('tools'));
    client.setNotificationHandler(
      LoggingMessageNotificationSchema,
      ({ params }) => void told.push(String(params.data)),
    );
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void told.push(params.uri));
    await say(client, 'change');
    await say(client, 'log');
    await client.subscribeResource({ uri: 'x://1' });
    await eventually(() => expect(told.toSorted()).toEqual(['looked', 'tools', 'x://1']));
  });

  test('gets a clean environment, and what it is given', async () => {
    const env = JSON.parse(await say(await connect(), 'env')) as Record<string, string>;
    expect(env).toMatchObject({ PLANTED: 'yes', PATH: process.env.PATH });
    expect(Object.keys(env)).not.toContain('LOG_LEVEL');
  });

  test('answers what it does not know in its own words', async () => {
    const client = await connect();
    await expect(client.listPrompts()).rejects.toThrow(/prompts/);
  });

  test('ends with its session, which is not found from then on', async () => {
    const client = await connect();
    const pid = Number(await say(client, 'pid'));
    const { sessionId } = client.transport as { sessionId?: string };
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
    const url = `${server.origin}/mcp`;
    const named = { ...headers, 'Mcp-Session-Id': String(sessionId) };
    expect((await fetch(url, { method: 'DELETE', headers: named })).status).toBe(200);
    await endedWithin([pid], 4_000);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect((await fetch(url, { method: 'POST', headers: named, body })).status).toBe(404);
  });
});

test('none of its processes is left when a server stops', async () => {
  const own = await serveChild();
  const client = await connectTo(own.origin);
  const pid = Number(await say(client, 'pid'));
  const all = childrenOf(Number(own.child.pid));
  expect(all).toContain(pid);
  expect(await own.stop()).toBe(0);
  await endedWithin(all, 4_000);
  await client.close();
});

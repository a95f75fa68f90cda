import { afterEach, describe, expect, test } from 'vitest';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import type { Subject, TestClientOptions } from '../../src/testing.js';
import { connectClient, startServer, STORAGE_DEFAULTS, storageContract } from '../../src/testing.js';
import { eventually } from '../helpers/eventually.js';
import { ask, callOf, openSession } from '../helpers/rpc.js';
import { addCatalog } from '../library/add-catalog.js';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of closing.splice(0)) await each.close();
});
const connect = async (options?: TestClientOptions) => {
  const client = await connectClient(addCatalog(), options);
  closing.push(client);
  return client;
};

describe('a client in this process', () => {
  test('lists, calls, reads, and gets what a client would get', async () => {
    const client = await connect();
    expect(await client.listTools()).toEqual(['add', 'repeat', 'who', 'secret', 'ask', 'wait']);
    expect((await client.callTool('add', { a: 1, b: 2 })).content).toEqual([{ type: 'text', text: '3' }]);
    expect(await client.callTool('add', { a: 'one' })).toMatchObject({ isError: true });
    expect(await client.readResource('note://one')).toMatchObject([{ text: 'a note' }]);
    await expect(client.callTool('none')).rejects.toMatchObject({ code: -32602 });
    await expect(client.getPrompt('none')).rejects.toMatchObject({ code: -32601 });
  });

  test('gets progress, and answers questions where somebody stands behind it', async () => {
    const client = await connect({ elicit: () => ({ action: 'accept', content: { name: 'Ada' } }) });
    const told = await client.request('tools/call', { name: 'repeat', arguments: { word: 'x', times: 2 } });
    expect(told.progress.map(({ progress, total }) => [progress, total])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect((await client.callTool('ask')).content).toEqual([{ type: 'text', text: 'Hello Ada' }]);
    await expect((await connect()).callTool('ask')).rejects.toMatchObject({ code: -32021 });
    const stubborn = await connect({ elicit: () => ({ action: 'accept', content: {} }) });
    await expect(stubborn.callTool('ask')).rejects.toThrow('more than 20 rounds');
  });

  test('ends what still runs when it is closed, and serves nothing afterwards', async () => {
    const events: string[] = [];
    const client = await connectClient(addCatalog(events));
    const running = client.callTool('wait');
    await eventually(() => expect(events).toEqual(['waiting']));
    await Promise.all([client.close(), expect(running).rejects.toThrow('The client is closed')]);
    await eventually(() => expect(events).toContain('aborted'));
    await expect(client.callTool('add', { a: 1, b: 2 })).rejects.toThrow('The client is closed');
    await client.close();
  });

  test('refuses what defineCatalog has not made', async () => {
    await expect(connectClient({} as never)).rejects.toThrow('A catalog is what defineCatalog returns');
  });

  test('is whom the test says', async () => {
    const client = await connect({ caller: { subject: 'ada', scopes: ['a'] } });
    expect(JSON.stringify((await client.callTool('who')).content)).toContain('\\"subject\\":\\"ada\\"');
  });
});

test('a server for a test listens on a free port, and is gone when it is closed', async () => {
  const server = await startServer(addCatalog(), { logLevel: 'silent' });
  const session = await openSession(server.url);
  expect((await ask(server.url, session, callOf('add', { a: 1, b: 2 }))).result.content[0].text).toBe('3');
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow();
});

test('the contract finds what a storage does otherwise', async () => {
  const forgetful: Subject['openNodes'] = async (options) => {
    const storage = openMemoryStorage({ ...STORAGE_DEFAULTS, ...options });
    const { sessions } = storage;
    const broken = { ...storage, sessions: { ...sessions, touch: sessions.peek } };
    return [broken, broken];
  };
  const cases = storageContract({ openNodes: forgetful }).filter(({ name }) => name.startsWith('SessionStore: counts'));
  expect(cases.length).toBeGreaterThan(0);
  for (const { run } of cases) await expect(run()).rejects.toMatchObject({ code: 'EXPECTATION' });
});

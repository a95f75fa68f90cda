import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { META } from '../../src/rpc/era.js';
import { eventually } from '../helpers/eventually.js';
import { envelope, post } from '../helpers/modern.js';
import { opensServers } from '../helpers/servers.js';
import { KNOWS_TASKS, LACKING, taskClient, TASKS, textOf, UNKNOWN } from '../helpers/task-client.js';
import { stopped, tasksCatalog as offer } from '../helpers/tasks-catalog.js';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const open = opensServers({ offer });

describe.each(['stateful', 'stateless'] as const)('a task at a %s endpoint', (kind) => {
  let url: string;
  let client: ReturnType<typeof taskClient>;

  beforeAll(async () => {
    ({ url } = await open(kind === 'stateless' ? { storage: 'none' } : {}));
    client = taskClient(url);
  });

  test('is advertised as an extension, and to the modern era alone', async () => {
    const { body } = await post(url, 'server/discover');
    const { capabilities } = body.result as { capabilities: Record<string, unknown> };
    expect(capabilities.extensions).toEqual({ [TASKS]: {} });
    expect(capabilities).not.toHaveProperty('tasks');
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: { tasks: {} },
      clientInfo: { name: 't', version: '1' },
    };
    const legacy = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
    });
    const greeting = (await legacy.json()) as { result: { capabilities: object } };
    expect(greeting.result.capabilities).not.toHaveProperty('tasks');
    expect(greeting.result.capabilities).not.toHaveProperty('extensions');
  });

  test('is what an optional tool becomes that outlasts its time, and has the result at its end', async () => {
    const task = await client.begin('slow');
    expect(task).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 60_000, pollIntervalMs: 1_000 });
    expect(task).toMatchObject({ _meta: { [META.serverInfo]: {} } });
    expect([task.createdAt, task.lastUpdatedAt]).toEqual([expect.stringMatching(ISO), expect.stringMatching(ISO)]);
    expect(Object.keys(task)).not.toEqual(expect.arrayContaining(['result', 'error', 'inputRequests', 'requestState']));
    const found = await client.get(task.taskId);
    expect(found).toMatchObject({ resultType: 'complete', taskId: task.taskId, createdAt: task.createdAt });
    const ended = await client.end(task.taskId);
    expect(ended).toMatchObject({ resultType: 'complete', status: 'completed', result: { resultType: 'complete' } });
    expect(ended).toMatchObject({ result: { _meta: { [META.serverInfo]: {} } } });
    expect(textOf(ended)).toBe('slow');
    expect(Date.parse(ended.lastUpdatedAt)).toBeGreaterThan(Date.parse(ended.createdAt));
  });

  test.each([
    ['a tool that may not become one, whatever the client wishes', 'plain', { task: { ttl: 60_000 } }],
    ['an optional tool that is quick', 'quick', {}],
  ])('is nothing for %s', async (_what, name, more) => {
    const { body } = await client.call(name, more);
    expect(body.result).toMatchObject({ resultType: 'complete', content: [{ text: name }] });
  });

  test('is given to no client that has not declared the extension for this very request', async () => {
    const _meta = envelope({ extensions: { other: {} } });
    const slow = await client.call('slow', { _meta });
    expect(slow.body.result).toMatchObject({ resultType: 'complete', content: [{ text: 'slow' }] });
    const { status, body } = await client.call('required', { _meta });
    expect({ status, error: body.error }).toMatchObject({ status: 400, error: LACKING });
  });

  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
    'is asked about by %s with the extension alone',
    async (method) => {
      const { taskId } = await client.begin('endless');
      const undeclared = await client.send(method, { taskId, inputResponses: {}, _meta: envelope() });
      expect(undeclared).toMatchObject({ status: 400, body: { error: LACKING } });
      for (const unknown of ['00000000-0000-4000-8000-000000000000', '', '{x}', 'x'.repeat(300)]) {
        const { body } = await client.send(method, { taskId: unknown, inputResponses: {} });
        expect([unknown, body.error]).toEqual([unknown, UNKNOWN]);
      }
      for (const wrong of [undefined, 7, null, [taskId]])
        expect((await client.send(method, { taskId: wrong, inputResponses: {} })).body.error?.code).toBe(-32602);
      expect(await client.get(taskId)).toMatchObject({ status: 'working' });
      await client.cancel(taskId);
    },
  );

  test.each(['tasks/result', 'tasks/list'])('has no %s', async (method) => {
    const { status, body } = await client.send(method, { taskId: 'x' }, url);
    expect([status, body.error?.code]).toEqual([404, -32601]);
  });

  test.each(['tasks/get', 'tasks/update', 'tasks/cancel'])(
    'is named by a header of %s, which must agree',
    async (method) => {
      const { taskId } = await client.begin('endless');
      for (const name of [null, 'another', `${taskId} x`]) {
        const headers = { 'Mcp-Name': name };
        const params = { taskId, inputResponses: {}, _meta: KNOWS_TASKS };
        const { status, body } = await post(url, method, params, { headers });
        expect([status, body.error?.code]).toEqual([400, -32020]);
      }
      await client.cancel(taskId);
    },
  );

  test('begins at once where its tool requires it, also with arguments that fail their schema', async () => {
    const ended = await client.end((await client.begin('required')).taskId);
    expect(textOf(ended)).toBe('tasks: true');
    const wrong = await client.begin('required', { arguments: { n: 'one' } });
    expect(await client.end(wrong.taskId)).toMatchObject({ status: 'completed', result: { isError: true } });
    expect((await client.call('nowhere')).body.error?.code).toBe(-32602);
  });

  test('is completed where its tool says that it failed, and failed where it broke', async () => {
    const refused = await client.end((await client.begin('refuses')).taskId);
    expect(refused).toMatchObject({ status: 'completed', result: { isError: true } });
    const broken = await client.end((await client.begin('breaks')).taskId);
    expect(broken).toMatchObject({ status: 'failed', statusMessage: 'Internal error' });
    expect(broken).toMatchObject({ error: { code: -32603, message: 'Internal error' } });
    expect(broken).not.toHaveProperty('result');
  });

  test('fails with a result that is too long to be kept', async () => {
    const ended = await client.end((await client.begin('huge')).taskId);
    expect(ended).toMatchObject({ status: 'failed', error: { code: -32603 } });
    expect(ended.statusMessage).toContain('at most 1000000 bytes');
  });

  test('is cancelled: its handler hears so, and what it does then changes nothing', async () => {
    stopped.length = 0;
    const { taskId } = await client.begin('endless');
    const { body } = await client.cancel(taskId);
    expect(Object.keys(body.result ?? {}).sort()).toEqual(['_meta', 'resultType']);
    expect(body.result?.resultType).toBe('complete');
    expect(await client.get(taskId)).toMatchObject({ status: 'cancelled' });
    await eventually(() => expect(stopped).toEqual(['The task was cancelled']));
    const found = await client.get(taskId);
    expect(found).toMatchObject({ status: 'cancelled' });
    expect(found).not.toHaveProperty('result');
    expect((await client.cancel(taskId)).body.result?.resultType).toBe('complete');
    expect((await client.answer(taskId, { k: {} })).body.result?.resultType).toBe('complete');
  });

  test('does not end with the connection that it began on, nor by a notification', async () => {
    const { taskId } = await client.begin('endless');
    await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'MCP-Protocol-Version': '2026-07-28' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: 1, taskId, _meta: KNOWS_TASKS },
      }),
    });
    await delay(20);
    expect(await client.get(taskId)).toMatchObject({ status: 'working' });
    await client.cancel(taskId);
  });
});

describe('a server without tasks', () => {
  test.each([
    ['no tool may become one', { offer: { ...offer, tasks: [], tools: offer.tools.filter(({ task }) => !task) } }],
    ['its nodes have no storage in common', { protocol: { tasks: undefined } }],
  ])('advertises and serves none where %s', async (_why, options) => {
    const client = taskClient((await open(options)).url);
    const { body } = await client.send('server/discover', {});
    expect(body.result?.capabilities).not.toHaveProperty('extensions');
    const { status, body: got } = await client.send('tasks/get', { taskId: 'x' });
    expect([status, got.error?.code]).toEqual([404, -32601]);
  });

  test('answers plainly where a tool may become a task, and says why where it must', async () => {
    const client = taskClient((await open({ protocol: { tasks: undefined } })).url);
    expect((await client.call('slow')).body.result).toMatchObject({
      resultType: 'complete',
      content: [{ text: 'slow' }],
    });
    const { body } = await client.call('required');
    expect(body.result).toMatchObject({ resultType: 'complete', isError: true });
  });
});

describe('the experimental tasks of 2025-11-25', () => {
  const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  const send = async (url: string, method: string, params: object) => {
    const headers = { ...HEADERS, 'MCP-Protocol-Version': '2025-11-25' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    return (await (await fetch(url, { method: 'POST', headers, body })).json()) as {
      result?: Record<string, unknown>;
      error?: { code: number };
    };
  };

  test('are not served', async () => {
    const { url } = await open({ storage: 'none' });
    for (const method of ['tasks/get', 'tasks/result', 'tasks/list', 'tasks/cancel', 'tasks/update'])
      expect([method, (await send(url, method, { taskId: 'x' })).error?.code]).toEqual([method, -32601]);
    const { result } = await send(url, 'tools/call', { name: 'slow', arguments: {}, task: { ttl: 60_000 } });
    expect(result).toEqual({ content: [{ type: 'text', text: 'slow' }] });
    const required = await send(url, 'tools/call', { name: 'required', arguments: {}, task: { ttl: 60_000 } });
    expect(required.result).toMatchObject({ isError: true });
    const { tools } = (await send(url, 'tools/list', {})).result as { tools: object[] };
    expect(tools.filter((tool) => 'execution' in tool)).toEqual([]);
  });
});

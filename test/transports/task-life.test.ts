import { beforeAll, describe, expect, test } from 'vitest';
import { RUNNING_CHARACTERS } from '../../src/protocol/modern/tasks/tasks.js';
import { META } from '../../src/rpc/era.js';
import { eventually } from '../helpers/eventually.js';
import { listen } from '../helpers/listen.js';
import { envelope, post } from '../helpers/modern.js';
import { opensServers } from '../helpers/servers.js';
import type { Task } from '../helpers/task-client.js';
import { accept, KNOWS_TASKS, LACKING, taskClient, TASKS, textOf, UNKNOWN } from '../helpers/task-client.js';
import { handedOn, lateFaults, stopped, tasksCatalog as offer } from '../helpers/tasks-catalog.js';
import { startMcpServer } from '../helpers/mcp-server.js';

const open = opensServers({ offer });

describe('a task that asks', () => {
  let url: string;
  let client: ReturnType<typeof taskClient>;

  beforeAll(async () => {
    ({ url } = await open());
    client = taskClient(url);
  });
  const asked = async (taskId: string) => {
    const { inputRequests = {} } = await client.until(taskId, ['input_required', 'completed', 'failed']);
    return Object.keys(inputRequests);
  };

  test('says what it asks until it is answered, and goes on then', async () => {
    const { taskId } = await client.begin('asks');
    expect(await asked(taskId)).toEqual(['question']);
    const { inputRequests } = await client.get(taskId);
    expect(inputRequests?.question).toMatchObject({ method: 'elicitation/create', params: { message: 'What?' } });
    const { body } = await client.answer(taskId, { question: accept('this') });
    expect(Object.keys(body.result ?? {}).sort()).toEqual(['_meta', 'resultType']);
    expect(textOf(await client.end(taskId))).toBe('this');
  });

  test('has a new key for every question, also where one was answered wrongly', async () => {
    const { taskId } = await client.begin('asks_twice');
    expect(await asked(taskId)).toEqual(['k']);
    await client.answer(taskId, { k: accept(7) });
    await eventually(async () => expect(await asked(taskId)).toEqual(['k~1']));
    await client.answer(taskId, { k: accept('late'), 'k~1': accept('one'), other: accept('x') });
    await eventually(async () => expect(await asked(taskId)).toEqual(['k#2']));
    await client.answer(taskId, { 'k~1': accept('again'), 'k#2': accept('two') });
    expect(textOf(await client.end(taskId))).toBe('one, two');
  });

  test('keeps the questions that are left where some are answered', async () => {
    const { taskId } = await client.begin('asks_two_at_once');
    await eventually(async () => expect((await asked(taskId)).sort()).toEqual(['a', 'b']));
    await client.answer(taskId, { a: accept('one') });
    const half = await client.get(taskId);
    expect([half.status, Object.keys(half.inputRequests ?? {})]).toEqual(['input_required', ['b']]);
    await client.answer(taskId, { b: { action: 'decline' } });
    expect(textOf(await client.end(taskId))).toBe('one, decline');
  });

  test('has asked what it needs before it began by a round of the call', async () => {
    const first = await client.call('asks_before_and_inside');
    expect(first.body.result).toMatchObject({ resultType: 'input_required', inputRequests: { k: {} } });
    expect(first.body.result).not.toHaveProperty('taskId');
    const { requestState } = first.body.result as { requestState: string };
    const task = await client.begin('asks_before_and_inside', { requestState, inputResponses: { k: accept('one') } });
    expect(task).not.toHaveProperty('requestState');
    expect(await asked(task.taskId)).toEqual(['k#2']);
    expect(await client.get(task.taskId)).not.toHaveProperty('requestState');
    await client.answer(task.taskId, { 'k#2': accept('two') });
    expect(textOf(await client.end(task.taskId))).toBe('one, stamped, two');
  });

  test.each([
    ['no answers', {}],
    ['answers that are a list', { inputResponses: [] }],
    ['answers that are too long', { inputResponses: { question: accept('x'.repeat(70_000)) } }],
  ])('refuses %s, and asks on', async (_what, params) => {
    const { taskId } = await client.begin('asks');
    expect(await asked(taskId)).toEqual(['question']);
    expect((await client.send('tasks/update', { taskId, ...params })).body.error?.code).toBe(-32602);
    expect(await asked(taskId)).toEqual(['question']);
    await client.cancel(taskId);
  });

  test('fails where its client can not be asked', async () => {
    const _meta = envelope({ extensions: { [TASKS]: {} } });
    const ended = await client.end((await client.begin('asks', { _meta })).taskId);
    expect(ended).toMatchObject({ status: 'failed', error: { code: -32021 } });
  });
});

describe('a listener for tasks', () => {
  let url: string;
  let client: ReturnType<typeof taskClient>;

  beforeAll(async () => {
    ({ url } = await open());
    client = taskClient(url);
  });
  const statuses = (heard: readonly { method?: string; params?: Record<string, unknown> }[]) =>
    heard.filter(({ method }) => method === 'notifications/tasks').map(({ params }) => params?.status);

  test('hears the whole of each state, and nothing of other tasks, of progress or of the log', async () => {
    const { taskId } = await client.begin('asks');
    const other = await client.begin('asks');
    const { heard, close } = await listen(url, { taskIds: [taskId, 'unknown'] }, KNOWS_TASKS);
    expect(heard[0]?.params).toMatchObject({ notifications: { taskIds: [taskId] } });
    await eventually(() => expect(statuses(heard).at(-1)).toBe('input_required'));
    await client.answer(other.taskId, { question: accept('x') });
    await client.answer(taskId, { question: accept('this') });
    await eventually(() => expect(statuses(heard).at(-1)).toBe('completed'));
    const { resultType: _type, _meta, ...got } = (await client.get(taskId)) as Task & { _meta?: object };
    expect(heard.at(-1)?.params).toEqual({ ...got, _meta: { [META.subscriptionId]: 'l' } });
    expect(
      heard.slice(1).every(({ method, params }) => method === 'notifications/tasks' && params?.taskId === taskId),
    ).toBe(true);
    close();
  });

  test('hears what a task is in by its progress, in words', async () => {
    const { taskId } = await client.begin('tells', {
      _meta: { ...KNOWS_TASKS, progressToken: 'p', [META.logLevel]: 'debug' },
    });
    const { heard, close } = await listen(url, { taskIds: [taskId] }, KNOWS_TASKS);
    await eventually(() => expect(heard.at(-1)?.params?.statusMessage).toBe('half of it'));
    expect(new Set(heard.slice(1).map(({ method }) => method))).toEqual(new Set(['notifications/tasks']));
    await client.cancel(taskId);
    await eventually(() => expect(statuses(heard).at(-1)).toBe('cancelled'));
    close();
  });

  test('finds the last words of a task that was done before they were written', async () => {
    const { taskId } = await client.begin('counts');
    expect(await client.end(taskId)).toMatchObject({ status: 'completed', statusMessage: 'three' });
  });

  test('hears at once of a task that has ended before', async () => {
    const { taskId } = await client.begin('required');
    await client.end(taskId);
    const { heard, close } = await listen(url, { taskIds: [taskId] }, KNOWS_TASKS);
    await eventually(() => expect(statuses(heard)).toEqual(['completed']));
    close();
  });

  test('must have declared the extension, and name tasks in a list', async () => {
    const ask = (taskIds: unknown, _meta = KNOWS_TASKS) =>
      post(url, 'subscriptions/listen', { notifications: { taskIds }, _meta });
    expect(await ask(['x'], envelope())).toMatchObject({ status: 400, body: { error: LACKING } });
    for (const wrong of ['x', [7], Array<string>(201).fill('x'), ['x'.repeat(201)]])
      expect((await ask(wrong)).body.error?.code).toBe(-32602);
    // Nothing to hear of: acknowledged, and ended.
    expect((await ask(['unknown'])).body.result).toMatchObject({ resultType: 'complete' });
  });
});

describe('a task that is handed on', () => {
  test('is ended by whoever has it, from wherever, and can be cancelled all the same', async () => {
    const client = taskClient((await open()).url);
    handedOn.length = 0;
    const { taskId } = await client.begin('hands_on');
    await eventually(() => expect(handedOn.map(({ id }) => id)).toEqual([taskId]));
    const [task] = handedOn;
    expect(await task?.report('in the queue')).toBe(true);
    expect(await client.get(taskId)).toMatchObject({ status: 'working', statusMessage: 'in the queue' });
    expect(await task?.complete({ content: [{ type: 'text', text: 'done elsewhere' }] })).toBe(true);
    expect(textOf(await client.end(taskId))).toBe('done elsewhere');
    expect(await task?.fail('too late')).toBe(false);

    const second = await client.begin('hands_on');
    await client.cancel(second.taskId);
    expect(await handedOn.at(-1)?.report('still here')).toBe(false);
    const third = await client.begin('hands_on');
    expect(await handedOn.at(-1)?.fail('the worker gave up')).toBe(true);
    const failed = { status: 'failed', error: { code: -32603, message: 'the worker gave up' } };
    expect(await client.get(third.taskId)).toMatchObject(failed);
  });

  test('fails where nobody takes it', async () => {
    const client = taskClient((await open()).url);
    expect(await client.end((await client.begin('hands_on_in_vain')).taskId)).toMatchObject({ status: 'failed' });
  });

  test('is not for a client without tasks, which hears why', async () => {
    const { body } = await taskClient((await open()).url).call('hands_on', { _meta: envelope() });
    expect(body.result).toMatchObject({ isError: true });
    expect(textOf(body as { result: Task['result'] })).toContain('can not become a task');
  });
});

describe('the calls of the tasks that run', () => {
  test('are bounded together, and one that is cancelled makes room', async () => {
    const client = taskClient((await open()).url);
    const large = { arguments: { text: 'x'.repeat(900_000) } };
    const fitting = Math.floor(RUNNING_CHARACTERS / 900_500);
    const begun = await Promise.all(Array.from({ length: fitting }, () => client.begin('endless', large)));
    const refused = { code: -32602, message: 'The server runs as many tasks as it can hold: try again later' };
    expect((await client.call('endless', large)).body.error).toEqual(refused);
    await client.end((await client.begin('required')).taskId);
    await client.cancel(String(begun[0]?.taskId));
    await eventually(async () => void (await client.begin('endless', large)));
  });

  test('are no more than they were where a handler hands on what it has answered', async () => {
    const client = taskClient((await open()).url);
    const { body } = await client.call('hands_on_late');
    expect(textOf(body as { result: Task['result'] })).toBe('late');
    await eventually(() => expect(lateFaults).toEqual(['A call that has ended can not become a task']));
  });
});

describe('the end of a task', () => {
  test('is that of its lifetime: it is gone, and its handler hears so', async () => {
    stopped.length = 0;
    const client = taskClient((await open({ tasks: { ttlMs: 250 } })).url);
    const { taskId, ttlMs } = await client.begin('endless');
    const kept = await client.begin('required');
    expect(ttlMs).toBe(250);
    await client.end(kept.taskId);
    for (const id of [taskId, kept.taskId])
      await eventually(async () =>
        expect((await client.send('tasks/get', { taskId: id })).body.error).toEqual(UNKNOWN),
      );
    await eventually(() => expect(stopped).toEqual(['The task has expired']));
  });

  test('is that of its server, which waits for those that work and fails them then', async () => {
    stopped.length = 0;
    const server = await startMcpServer({ offer });
    const client = taskClient(server.url);
    const { taskId } = await client.begin('endless');
    const { storage } = server;
    const reading = storage?.tasks.read(taskId);
    expect((await reading)?.status).toBe('working');
    await server.close();
    expect(stopped).toEqual(['The server stopped before this task had ended: call again']);
    expect(await storage?.tasks.read(taskId)).toMatchObject({ status: 'failed', message: stopped[0] });
  });
});

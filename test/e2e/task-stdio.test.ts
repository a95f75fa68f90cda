import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { META } from '../../src/rpc/era.js';
import { eventually } from '../helpers/eventually.js';
import { envelope } from '../helpers/modern.js';
import { startCli } from '../helpers/run-cli.js';
import { accept, KNOWS_TASKS, TASKS } from '../helpers/task-client.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/tasks.js', import.meta.url));

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { code: number };
}

const children: ReturnType<typeof startCli>[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  }
});

/** A client on a pipe. */
function pipe(...args: string[]) {
  const child = startCli(['stdio', ...args]);
  children.push(child);
  const heard: Message[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => heard.push(JSON.parse(line) as Message));
  const send = (id: string | number, method: string, params: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params: { _meta: KNOWS_TASKS, ...params } })}\n`);
  const ask = async (id: string | number, method: string, params: object = {}) => {
    const before = heard.length;
    send(id, method, params);
    return eventually(() => {
      const answer = heard.slice(before).find((message) => message.id === id && !message.method);
      if (!answer) throw new Error(`no answer to ${method}: ${JSON.stringify(heard)}`);
      return answer;
    });
  };
  return { heard, send, ask };
}

test('a call over stdio becomes a task, which says no more of its progress on the pipe, and is cancelled', async () => {
  const { heard, ask } = pipe('--task-after', '50');
  const _meta = { ...KNOWS_TASKS, progressToken: 'p', [META.logLevel]: 'debug' };
  const call = { name: 'demo_progress', arguments: { steps: 20, delayMs: 300 }, _meta };
  const { result } = await ask(1, 'tools/call', call);
  expect(result).toMatchObject({ resultType: 'task', status: 'working' });
  const { taskId } = result as { taskId: string };
  // The id is free again: what the task still does must not seem to be of this request.
  const other = ask(1, 'tools/call', {
    name: 'demo_progress',
    arguments: { steps: 4, delayMs: 300 },
    _meta: envelope(),
  });
  await eventually(async () =>
    expect((await ask('get', 'tasks/get', { taskId })).result?.statusMessage).toMatch(/step ([2-9]|1\d) of 20/),
  );
  expect((await other).result).toMatchObject({ resultType: 'complete', structuredContent: { steps: 4 } });
  expect((await ask('cancel', 'tasks/cancel', { taskId })).result?.resultType).toBe('complete');
  expect((await ask('get', 'tasks/get', { taskId })).result?.status).toBe('cancelled');
  expect(heard.filter(({ method }) => method !== undefined)).toEqual([]);
});

test('a task over stdio asks, is listened to, and ends with its result', async () => {
  const { heard, send, ask } = pipe('--server', FIXTURE);
  expect((await ask(0, 'server/discover')).result?.capabilities).toMatchObject({ extensions: { [TASKS]: {} } });
  const { taskId } = (await ask(1, 'tools/call', { name: 'ask', arguments: {} })).result as { taskId: string };
  send('l', 'subscriptions/listen', { notifications: { taskIds: [taskId] } });
  const told = () => heard.filter(({ method }) => method === 'notifications/tasks').map(({ params }) => params);
  await eventually(() => expect(told().at(-1)).toMatchObject({ taskId, status: 'input_required' }));
  await ask(2, 'tasks/update', { taskId, inputResponses: { question: accept('this') } });
  const ended = { status: 'completed', result: { content: [{ text: 'this' }] }, _meta: { [META.subscriptionId]: 'l' } };
  await eventually(() => expect(told().at(-1)).toMatchObject(ended));
  expect((await ask(3, 'tasks/get', { taskId: 'unknown' })).error?.code).toBe(-32602);
  expect((await ask(4, 'tasks/get', { taskId, _meta: envelope() })).error?.code).toBe(-32021);
});

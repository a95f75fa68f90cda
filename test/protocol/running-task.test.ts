import { expect, test } from 'vitest';
import { OpenRequest } from '../../src/protocol/open-requests.js';
import { RunningTask } from '../../src/protocol/modern/tasks/running-task.js';
import { createLogger } from '../../src/log.js';
import type { Storage } from '../../src/sessions/contract.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { memoryTaskStore } from '../../src/sessions/memory/task-store.js';
import type { TaskStore } from '../../src/sessions/task-contract.js';

const TTL_MS = 60_000;
const lines: string[] = [];
const logger = await createLogger({ destination: { write: (line) => void lines.push(line) } });

test('a store that is full still takes the end of a task, whose result finds no room', async () => {
  const { storage, run } = await open(memoryTaskStore({ characters: 6_000 }));
  const filling = await run();
  await filling.completed({ content: [{ type: 'text', text: 'x'.repeat(5_940) }] });
  const task = await run();
  await task.completed({ content: [{ type: 'text', text: 'y'.repeat(5_940) }] });
  expect(await storage.tasks.read(task.record.id)).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('All tasks together'),
  });
  await storage.close();
});

test('an answer reaches its question, also where the storage fails when it is taken', async () => {
  const tasks = memoryTaskStore();
  const failing: TaskStore = {
    ...tasks,
    async update(id, patch) {
      const updated = await tasks.update(id, patch);
      // Applied, and the connection breaks before that is known.
      if (patch.taken) throw new Error('the connection broke');
      return updated;
    },
  };
  const { storage, run } = await open(failing);
  const task = await run();
  const asked = task.ask('k', { method: 'elicitation/create', params: {} }, (answer) => answer);
  await expect.poll(async () => (await tasks.read(task.record.id))?.status).toBe('input_required');
  expect(await tasks.answer(task.record.id, { k: '{"action":"decline"}' })).toBe(true);
  task.look();
  expect(await Promise.race([asked, soon()])).toEqual({ action: 'decline' });
  await task.abandoned();
  await storage.close();
});

async function open(tasks: TaskStore) {
  const storage: Storage = { ...openMemoryStorage({ ttlMs: TTL_MS, historyLimit: 1, maxSessions: 1 }), tasks };
  const run = async () => {
    const record = await tasks.create({ id: crypto.randomUUID(), node: storage.bus.nodeId, ttlMs: TTL_MS });
    const open = new OpenRequest({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't' } }, 'modern');
    return new RunningTask(record, storage, open, logger, () => undefined);
  };
  return { storage, run };
}

function soon(): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('no answer'), 1_000).unref());
}

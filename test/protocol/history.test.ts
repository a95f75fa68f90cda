import { expect, it, onTestFinished } from 'vitest';
import type { Calculation } from '../../src/catalog/context.js';
import { noMetrics } from '../../src/metrics/none.js';
import { historyOf } from '../../src/protocol/history.js';
import type { Facts } from '../../src/protocol/served.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { DEFAULTS, session } from '../contract/subject.js';

it('a calculation that is kept gets an id of its own, also where it is one that was kept before', async () => {
  const storage = openMemoryStorage(DEFAULTS);
  onTestFinished(() => storage.close());
  await storage.sessions.create(session('s'));
  const record = await storage.sessions.touch('s');
  const history = historyOf({ storage, record } as Facts, noMetrics());
  const first = await history.add({ operation: 'add', expression: '1 + 1', value: 2, timestamp: 'now' });
  const kept = (await history.list())[0] as Calculation;
  const nameless = { ...kept, id: undefined };
  const again = [await history.add(kept), await history.add(nameless)];
  expect(new Set([first, ...again]).size).toBe(3);
  expect((await history.list()).map(({ id }) => id)).toEqual([...again.reverse(), first]);
});

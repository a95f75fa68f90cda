import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { Storage } from '../../sessions/contract.js';
import { TooLongError } from '../../sessions/errors.js';
import { HISTORY_ENTRY_BYTES } from '../../sessions/limits.js';
import { type OpenOptions, session, type Subject } from './subject.js';

export function historyContract(subject: Subject): ContractCase[] {
  return describe('The history of a session', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async (options?: OpenOptions) => {
      nodes = await subject.openNodes(options);
      await nodes[0].sessions.create(session('s'));
      return { here: nodes[0].sessions, there: nodes[1].sessions };
    };
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('has the newest first and as many as asked for', async () => {
      const { here, there } = await open();
      for (const id of ['1', '2', '3']) await here.appendHistory('s', { id });
      expect((await there.history('s', 2)).map(({ id }) => id)).toEqual(['3', '2']);
      expect((await there.history('s', 10)).map(({ id }) => id)).toEqual(['3', '2', '1']);
      expect(await there.history('s', 0)).toEqual([]);
    });

    it('returns entries as they were appended', async () => {
      const { here, there } = await open();
      const entry = {
        id: 'c1',
        expression: '100 ÷ 5',
        value: 20,
        timestamp: '2025-11-25T00:00:00.000Z',
        steps: ['a', { b: null }],
      };
      await here.appendHistory('s', entry);
      expect(await there.history('s', 1)).toEqual([entry]);
    });

    it('keeps the newest and counts all', async () => {
      const { here, there } = await open({ historyLimit: 3 });
      for (let i = 1; i <= 5; i++) expect(await here.appendHistory('s', { id: String(i) })).toBe(i);
      expect((await there.history('s', 10)).map(({ id }) => id)).toEqual(['5', '4', '3']);
      expect((await there.touch('s'))?.calculationCount).toBe(5);
    });

    it('refuses an entry that is too long, by its bytes, and does not count it', async () => {
      const { here, there } = await open();
      const entry = (bytes: number) => ({ id: '1', e: 'ü'.padEnd(bytes - '{"id":"1","e":""}'.length - 1, 'x') });
      expect(await here.appendHistory('s', entry(HISTORY_ENTRY_BYTES))).toBe(1);
      await expect(here.appendHistory('s', entry(HISTORY_ENTRY_BYTES + 1))).rejects.toThrow(TooLongError);
      expect(await there.history('s', 10)).toEqual([entry(HISTORY_ENTRY_BYTES)]);
      expect((await there.peek('s'))?.calculationCount).toBe(1);
    });

    it('loses none of 1,000 calculations that arrive at once on two nodes', async () => {
      const { here, there } = await open({ historyLimit: 1_000 });
      const append = (_: unknown, i: number) => (i % 2 ? here : there).appendHistory('s', { id: String(i) });
      const counts = await Promise.all(Array.from({ length: 1_000 }, append));
      expect(new Set(counts).size).toBe(1_000);
      expect(Math.max(...counts.map(Number))).toBe(1_000);
      expect(new Set((await here.history('s', 1_000)).map(({ id }) => id)).size).toBe(1_000);
      expect((await there.peek('s'))?.calculationCount).toBe(1_000);
    });
  });
}

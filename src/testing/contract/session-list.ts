import { expect } from '../expect.js';
import type { Storage } from '../../sessions/contract.js';
import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { session, type Subject, until } from './subject.js';

export function sessionListContract(subject: Subject): ContractCase[] {
  return describe('The list of sessions', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async () => {
      nodes = await subject.openNodes();
      return { here: nodes[0].sessions, there: nodes[1].sessions };
    };
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('lists the open sessions of all nodes where it lists any, those used last first', async () => {
      const { here, there } = await open();
      if (!here.list) return;
      expect(await here.list(10)).toEqual([]);
      await here.create(session('a'));
      await there.create(session('b'));
      const listed = async (limit: number) => (await here.list?.(limit))?.map(({ id }) => id);
      await until(async () => (await listed(10))?.length === 2);
      // The order is that of the milliseconds in which they were used.
      await new Promise((resolve) => setTimeout(resolve, 5));
      await there.touch('a');
      await until(async () => (await listed(10))?.[0] === 'a');
      expect(await listed(10)).toEqual(['a', 'b']);
      expect(await listed(1)).toEqual(['a']);
      expect((await here.list(1))[0]).toEqual(await here.peek('a'));
      await here.end('a');
      await until(async () => (await listed(10))?.length === 1);
      expect(await listed(10)).toEqual(['b']);
    });
  });
}

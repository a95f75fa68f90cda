import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { Storage } from '../../sessions/contract.js';
import type { Subject } from './subject.js';

const LONG = 60_000;

export function valueStoreContract(subject: Subject): ContractCase[] {
  return describe('ValueStore', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async () => {
      nodes = await subject.openNodes();
      return { here: nodes[0].values, there: nodes[1].values, sessions: nodes[0].sessions };
    };
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('reads on one node what another wrote, as a copy, and several keys in their order', async () => {
      const { here, there } = await open();
      const value = { a: [1, { b: 'ü' }] };
      await here.put('{g}/1', value, LONG);
      value.a.push(2);
      await here.put('{g}/2', { second: true }, LONG);
      expect(await there.read('{g}/2', '{g}/none', '{g}/1')).toEqual([
        { second: true },
        undefined,
        { a: [1, { b: 'ü' }] },
      ]);
    });

    it('replaces a value, and removes it', async () => {
      const { here, there } = await open();
      await here.put('k', { v: 1 }, LONG);
      await there.put('k', { v: 2 }, LONG);
      expect(await here.read('k')).toEqual([{ v: 2 }]);
      await here.remove('k');
      await here.remove('k');
      expect(await there.read('k')).toEqual([undefined]);
    });

    it('gives a taken value to one of many', async () => {
      const { here, there } = await open();
      await here.put('once', { v: 1 }, LONG);
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? here : there).take('once')),
      );
      expect(taken.filter((value) => value !== undefined)).toEqual([{ v: 1 }]);
    });

    it('lets one of many claim', async () => {
      const { here, there } = await open();
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? here : there).claim('mark', LONG)),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    it('forgets at the end of a lifetime, and can claim anew', async () => {
      const { here } = await open();
      await here.put('brief', { v: 1 }, 20);
      expect(await here.claim('brief-mark', 20)).toBe(true);
      await expect.poll(() => here.read('brief')).toEqual([undefined]);
      expect(await here.take('brief')).toBeUndefined();
      await expect.poll(() => here.claim('brief-mark', LONG)).toBe(true);
    });

    it('renews what is there, and creates nothing', async () => {
      const { here } = await open();
      await here.put('kept', { v: 1 }, 100);
      expect(await here.renew('kept', LONG)).toBe(true);
      await here.put('gone', { v: 1 }, 100);
      await expect.poll(() => here.read('gone')).toEqual([undefined]);
      expect(await here.read('kept')).toEqual([{ v: 1 }]);
      expect(await here.renew('gone', LONG)).toBe(false);
      expect(await here.read('gone')).toEqual([undefined]);
    });

    it('keeps values apart from sessions and counts of the same name', async () => {
      const { here, sessions } = await open();
      await nodes[0].count('s', LONG);
      await here.put('s', { v: 1 }, LONG);
      await here.put('{s}:session', { v: 2 }, LONG);
      expect(await sessions.peek('s')).toBeUndefined();
      expect(await nodes[0].count('s', LONG)).toMatchObject({ hits: 2 });
      expect(await here.read('s')).toEqual([{ v: 1 }]);
    });
  });
}

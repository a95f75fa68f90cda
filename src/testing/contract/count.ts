import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { Storage } from '../../sessions/contract.js';
import type { Subject } from './subject.js';

const LONG = 60_000;

export function countContract(subject: Subject): ContractCase[] {
  return describe('Counting', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async () => (nodes = await subject.openNodes());
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('counts over all nodes, and tells when the window ends', async () => {
      const [here, there] = await open();
      const first = await here.count('k', LONG);
      expect(first.hits).toBe(1);
      expect(first.leftMs).toBe(LONG);
      const second = await there.count('k', LONG);
      expect(second.hits).toBe(2);
      expect(second.leftMs).toBeLessThanOrEqual(LONG);
      expect(second.leftMs).toBeGreaterThan(LONG - 15_000);
      expect(first.hits).toBe(1);
    });

    it('misses none of many at once', async () => {
      const [here, there] = await open();
      const counts = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? here : there).count('k', LONG)),
      );
      expect(counts.map(({ hits }) => hits).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
    });

    it('counts several at once', async () => {
      const [here, there] = await open();
      expect(await here.count('k', LONG, 99)).toMatchObject({ hits: 99 });
      expect(await there.count('k', LONG, 3)).toMatchObject({ hits: 102 });
      expect(await here.count('k', LONG)).toMatchObject({ hits: 103 });
    });

    it('counts each key for itself, whatever is in it', async () => {
      const [here] = await open();
      for (const key of ['address:::1/56', 'subject:["https://issuer.example","a b"]', '{a}{', '}', 'ü', '']) {
        expect(await here.count(key, LONG), key).toMatchObject({ hits: 1 });
      }
    });

    it('begins anew when the window is over, which no count makes longer', async () => {
      const [here] = await open();
      const windowMs = 300;
      const start = performance.now();
      await here.count('k', windowMs);
      let last = await here.count('k', windowMs);
      expect(last.hits).toBe(2);
      while (last.hits > 1 && performance.now() - start < 3_000) last = await here.count('k', windowMs);
      expect(last.hits).toBe(1);
      expect(performance.now() - start).toBeGreaterThan(windowMs - 10);
      expect(last.leftMs).toBe(windowMs);
    });
  });
}

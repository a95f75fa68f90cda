import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { Change, Storage } from '../../sessions/contract.js';
import { CHANGE_INTERVAL_MS } from '../../sessions/limits.js';
import { type Subject, until } from './subject.js';

const STATS: Change = { kind: 'resource', uri: 'calculator://stats' };

export function changeFeedContract(subject: Subject): ContractCase[] {
  return describe('ChangeFeed', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async () => {
      nodes = await subject.openNodes();
      const heard: [Change[], Change[]] = [[], []];
      for (const [i, { changes }] of nodes.entries()) await changes.follow((change) => heard[i as 0 | 1].push(change));
      return { here: nodes[0].changes, there: nodes[1].changes, heard };
    };
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('tells every follower on every node of a change, as it was told', async () => {
      const { here, heard } = await open();
      const change = { ...STATS, owner: '["issuer","sübject"]' };
      here.publish(change);
      await until(() => heard.every((changes) => changes.length > 0));
      expect(heard).toEqual([[change], [change]]);
    });

    it('tells of the first of many equal changes at once, and of the last at the end of an interval', async () => {
      const { here, heard } = await open();
      for (let i = 0; i < 1_000; i += 1) here.publish(STATS);
      await until(() => heard[1].length === 2);
      here.publish({ kind: 'tools' });
      await until(() => heard[1].length === 3);
      expect(heard[1]).toEqual([STATS, STATS, { kind: 'tools' }]);
    });

    it('tells whose request made a change, but for one that is put off, and says which it is', async () => {
      const { here, heard } = await open();
      expect(here.publish({ ...STATS, by: 'one' })).toBe(true);
      expect(here.publish({ ...STATS, by: 'two' })).toBe(false);
      await until(() => heard[1].length === 2);
      expect(heard[1]).toEqual([{ ...STATS, by: 'one' }, STATS]);
    });

    it('tells at its close of what it held back', async () => {
      const { here, heard } = await open();
      for (let i = 0; i < 2; i += 1) here.publish(STATS);
      await nodes[0].close();
      await until(() => heard[1].length === 2);
      expect(heard[1]).toEqual([STATS, STATS]);
    });

    it('keeps apart what is not equal', async () => {
      const { here, heard } = await open();
      const changes: Change[] = [STATS, { ...STATS, owner: 'a' }, { ...STATS, uri: 'calculator://history' }];
      for (const change of changes) here.publish(change);
      await until(() => heard[1].length === 3);
      expect(heard[1]).toEqual(changes);
    });

    it('lets others have their turn while it tells many', async () => {
      nodes = await subject.openNodes();
      let told = 0;
      let toldAtTurn: number | undefined;
      const hear = () => {
        told += 1;
        if (told === 1) setImmediate(() => (toldAtTurn = told));
      };
      await Promise.all(Array.from({ length: 1_000 }, () => nodes[1].changes.follow(hear)));
      await until(() => {
        if (told === 0) nodes[1].changes.publish(STATS);
        return told === 1_000 && toldAtTurn !== undefined;
      });
      expect(toldAtTurn).toBeLessThan(1_000);
    });

    it('tells nobody who has stopped following', async () => {
      const { here, there, heard } = await open();
      const more: Change[] = [];
      const stop = await there.follow((change) => more.push(change));
      stop();
      here.publish(STATS);
      await until(() => heard[1].length === 1);
      expect(more).toEqual([]);
    });

    it('tells a node that began to follow after the others were there, and one that follows alone', async () => {
      nodes = await subject.openNodes();
      const heard: Change[] = [];
      nodes[0].changes.publish(STATS);
      await nodes[1].changes.follow((change) => heard.push(change));
      // Told by way of the storage: the other node hears of it a moment later.
      await until(() => {
        nodes[0].changes.publish({ kind: 'prompts' });
        return heard.length > 0;
      });
      expect(heard[0]).toEqual({ kind: 'prompts' });
    });

    it('tells again of what changes again after an interval', async () => {
      const { here, heard } = await open();
      here.publish(STATS);
      await until(() => heard[1].length === 1);
      await new Promise((resolve) => setTimeout(resolve, CHANGE_INTERVAL_MS + 20));
      here.publish(STATS);
      await until(() => heard[1].length === 2);
      expect(heard[1]).toHaveLength(2);
    });
  });
}

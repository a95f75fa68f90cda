import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { NodeMessage, Storage } from '../../sessions/contract.js';
import { type Subject, until } from './subject.js';

const MESSAGE: NodeMessage = { kind: 'answer', sessionId: 's', payload: { result: ['ü', 1, null, { deep: true }] } };

export function messageBusContract(subject: Subject): ContractCase[] {
  return describe('MessageBus', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async () => {
      nodes = await subject.openNodes();
      const received: NodeMessage[][] = [[], []];
      // The change feed speaks over the bus as well.
      nodes.forEach(({ bus }, i) =>
        bus.onMessage((message) => void (message.kind.startsWith('change') || received[i]?.push(message))),
      );
      return { here: nodes[0].bus, there: nodes[1].bus, received };
    };
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('names its node with letters and digits', async () => {
      const { here, there } = await open();
      expect(here.nodeId).toMatch(/^[A-Za-z0-9]+$/);
      expect(here.nodeId === there.nodeId).toBe(nodes[0] === nodes[1]);
    });

    it('delivers a message to the node it is for, once, as it was sent', async () => {
      const { here, there, received } = await open();
      expect(await here.send(there.nodeId, MESSAGE)).toBe(true);
      await until(() => received[1]?.length === 1);
      expect(received[1]).toEqual([MESSAGE]);
      if (nodes[0] !== nodes[1]) expect(received[0]).toEqual([]);
    });

    it('delivers to its own node', async () => {
      const { here, received } = await open();
      expect(await here.send(here.nodeId, MESSAGE)).toBe(true);
      await until(() => received[0]?.length === 1);
      expect(received[0]).toEqual([MESSAGE]);
    });

    it('says so when nobody of that id listens', async () => {
      const { here, received } = await open();
      for (const id of ['0123456789abcdef', '', 'no such node', '*']) expect(await here.send(id, MESSAGE)).toBe(false);
      expect(received[0]).toEqual([]);
    });

    it('tells all nodes, its own included, once', async () => {
      const { here, received } = await open();
      await here.tellAll(MESSAGE);
      await until(() => received.every((messages) => messages.length > 0));
      await here.send(here.nodeId, { kind: 'after', sessionId: 's' });
      expect(received[0]?.filter(({ kind }) => kind === 'answer')).toEqual([MESSAGE]);
      expect(received[1]?.filter(({ kind }) => kind === 'answer')).toEqual([MESSAGE]);
    });

    it('keeps the order of the messages of one node to another', async () => {
      const { here, there, received } = await open();
      const kinds = Array.from({ length: 50 }, (_, i) => `kind-${i}`);
      await Promise.all(kinds.map((kind) => here.send(there.nodeId, { kind, sessionId: 's' })));
      await until(() => received[1]?.length === kinds.length);
      expect(received[1]?.map(({ kind }) => kind)).toEqual(kinds);
    });

    it('runs the next receivers when one throws, and none that was removed', async () => {
      const { here } = await open();
      const ran: string[] = [];
      here.onMessage(() => {
        throw new Error('receiver');
      });
      const remove = here.onMessage(() => ran.push('removed'));
      here.onMessage(() => ran.push('next'));
      remove();
      await here.send(here.nodeId, MESSAGE);
      await until(() => ran.length > 0);
      expect(ran).toEqual(['next']);
    });

    it('knows which nodes are alive', async () => {
      const { here, there } = await open();
      expect(await here.isAlive(here.nodeId)).toBe(true);
      expect(await here.isAlive(there.nodeId)).toBe(true);
      for (const id of ['0123456789abcdef', '', 'a b']) expect(await here.isAlive(id)).toBe(false);
    });

    it('does not count a node that was closed as alive', async () => {
      const { here, there } = await open();
      if (nodes[0] === nodes[1]) return;
      await nodes[1].close();
      expect(await here.isAlive(there.nodeId)).toBe(false);
      expect(await here.send(there.nodeId, MESSAGE)).toBe(false);
    });
  });
}

export function statusContract(subject: Subject): ContractCase[] {
  return describe('Storage', ({ it }) => {
    it('answers, and says that it is ready', async () => {
      const [storage, other] = await subject.openNodes();
      expect(storage.status()).toBe('ready');
      await storage.ping();
      await Promise.all([storage.close(), other.close()]);
    });
  });
}

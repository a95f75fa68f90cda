import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { Storage } from '../../sessions/contract.js';
import { SessionIdError, SessionLimitError, SubscriptionLimitError, TooLongError } from '../../sessions/errors.js';
import {
  INITIALIZE_BYTES,
  SESSION_ID_LENGTH,
  SUBSCRIPTION_BYTES_PER_SESSION,
  SUBSCRIPTIONS_PER_SESSION,
} from '../../sessions/limits.js';
import { INITIALIZE, type OpenOptions, session, type Subject, until } from './subject.js';

export function sessionStoreContract(subject: Subject): ContractCase[] {
  return describe('SessionStore', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async (options?: OpenOptions) => {
      nodes = await subject.openNodes(options);
      return { here: nodes[0].sessions, there: nodes[1].sessions, events: nodes[0].events };
    };
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('gives every node a session that was created, with counters at zero and times at now', async () => {
      const { here, there } = await open();
      const before = Date.now();
      await here.create({ ...session('s'), owner: 'https://issuer|alice' });
      const record = await there.peek('s');
      expect(record).toMatchObject({
        id: 's',
        initialize: INITIALIZE,
        protocolVersion: '2025-11-25',
        owner: 'https://issuer|alice',
        requestCount: 0,
        calculationCount: 0,
        subscribed: false,
        listened: false,
      });
      expect(record?.logLevel).toBeUndefined();
      expect(record?.createdAt).toBeGreaterThanOrEqual(before - 1);
      expect(record?.createdAt).toBeLessThanOrEqual(Date.now() + 1);
      expect(record?.lastActivity).toBe(record?.createdAt);
    });

    it('keeps no owner where there is none, and sessions apart from each other', async () => {
      const { here } = await open();
      await here.create(session('a'));
      await here.create({ ...session('b'), owner: 'bob' });
      await here.touch('a');
      expect((await here.peek('a'))?.owner).toBeUndefined();
      expect(await here.peek('b')).toMatchObject({ owner: 'bob', requestCount: 0 });
    });

    it('touches a session for its owner alone: for anyone else it is as good as absent', async () => {
      const { here, there } = await open();
      await here.create({ ...session('owned'), owner: 'alice' });
      await here.create(session('free'));
      expect(await there.touch('owned', 'bob')).toBeUndefined();
      expect(await there.touch('owned')).toBeUndefined();
      expect(await there.touch('free', 'bob')).toBeUndefined();
      expect((await there.touch('owned', 'alice'))?.requestCount).toBe(1);
      expect((await there.touch('free'))?.requestCount).toBe(1);
    });

    it('counts a request with every touch and none with a peek', async () => {
      const { here, there } = await open();
      await here.create(session('s'));
      const created = await here.peek('s');
      await until(() => Date.now() > (created?.createdAt ?? 0) + 1);
      const first = await here.touch('s');
      const second = await there.touch('s');
      expect([first?.requestCount, second?.requestCount]).toEqual([1, 2]);
      expect((await here.peek('s'))?.requestCount).toBe(2);
      expect(second?.createdAt).toBe(created?.createdAt);
      expect(second?.lastActivity).toBeGreaterThan(created?.createdAt ?? Infinity);
    });

    it('hands out records that never change afterwards', async () => {
      const { here } = await open();
      await here.create(session('s'));
      const record = await here.touch('s');
      await here.touch('s');
      await here.update('s', { subscribe: 'a://b', logLevel: 'error', listened: true });
      await here.appendHistory('s', { id: '1' });
      expect(record).toMatchObject({ requestCount: 1, calculationCount: 0, subscribed: false, listened: false });
      expect(record?.logLevel).toBeUndefined();
    });

    it('takes what the client says of itself after the session was made', async () => {
      const { here, there } = await open();
      await here.create({ id: 's', initialize: '{}', protocolVersion: '2024-11-05' });
      await here.create(session('other'));
      expect(await here.update('s', { initialize: INITIALIZE, protocolVersion: '2025-11-25' })).toBe(true);
      expect(await there.peek('s')).toMatchObject({ initialize: INITIALIZE, protocolVersion: '2025-11-25' });
      await here.update('s', { logLevel: 'error' });
      await here.end('other');
      expect(await there.peek('s')).toMatchObject({
        initialize: INITIALIZE,
        protocolVersion: '2025-11-25',
        logLevel: 'error',
      });
    });

    it('refuses initialize params that are too long, by their bytes, when they are created and when they change', async () => {
      const { here, there } = await open();
      const params = (bytes: number) => JSON.stringify({ a: 'ü'.padEnd(bytes - '{"a":""}'.length - 1, 'x') });
      await here.create({ ...session('s'), initialize: params(INITIALIZE_BYTES) });
      expect((await there.peek('s'))?.initialize).toBe(params(INITIALIZE_BYTES));
      const tooLong = params(INITIALIZE_BYTES + 1);
      await expect(here.create({ ...session('t'), initialize: tooLong })).rejects.toThrow(TooLongError);
      expect(await here.peek('t')).toBeUndefined();
      await expect(here.update('s', { initialize: tooLong, logLevel: 'error' })).rejects.toThrow(TooLongError);
      expect((await here.peek('s'))?.logLevel).toBeUndefined();
    });

    it('applies each part of a patch and leaves the rest as it is', async () => {
      const { here, there } = await open();
      await here.create(session('s'));
      expect(await here.update('s', { logLevel: 'warning' })).toBe(true);
      expect(await there.update('s', { subscribe: 'calculator://history' })).toBe(true);
      expect(await here.update('s', { subscribe: 'a://ü?b={c}' })).toBe(true);
      expect(await here.update('s', { listened: true })).toBe(true);
      const record = await there.peek('s');
      expect(record).toMatchObject({ logLevel: 'warning', listened: true, requestCount: 0 });
      expect(record?.subscribed).toBe(true);
      expect((await here.subscriptions('s')).sort()).toEqual(['a://ü?b={c}', 'calculator://history']);
    });

    it('subscribes once however often it is asked, and unsubscribes from what is not there', async () => {
      const { here } = await open();
      await here.create(session('s'));
      await here.update('s', { subscribe: 'a://b' });
      await here.update('s', { subscribe: 'a://b' });
      expect(await here.subscriptions('s')).toEqual(['a://b']);
      expect(await here.update('s', { unsubscribe: 'c://d' })).toBe(true);
      expect([await here.isSubscribed('s', 'a://b'), await here.isSubscribed('s', 'c://d')]).toEqual([true, false]);
      expect(await here.update('s', { unsubscribe: 'a://b' })).toBe(true);
      expect(await here.isSubscribed('s', 'a://b')).toBe(false);
      expect((await here.peek('s'))?.subscribed).toBe(false);
      expect(await here.subscriptions('s')).toEqual([]);
    });

    it('loses no patch when nodes apply them at the same time', async () => {
      const { here, there } = await open();
      await here.create(session('s'));
      const uris = Array.from({ length: SUBSCRIPTIONS_PER_SESSION }, (_, i) => `a://${i}`);
      await Promise.all(uris.map((subscribe, i) => (i % 2 ? here : there).update('s', { subscribe })));
      expect((await here.subscriptions('s')).length).toBe(SUBSCRIPTIONS_PER_SESSION);
    });

    it('refuses the subscription beyond the limit, until there is room again', async () => {
      const { here } = await open();
      await here.create(session('s'));
      for (let i = 0; i < SUBSCRIPTIONS_PER_SESSION; i++) await here.update('s', { subscribe: `a://${i}` });
      await expect(here.update('s', { subscribe: 'a://more' })).rejects.toThrow(SubscriptionLimitError);
      expect(await here.update('s', { subscribe: 'a://0' })).toBe(true);
      await here.update('s', { unsubscribe: 'a://0' });
      expect(await here.update('s', { subscribe: 'a://more' })).toBe(true);
    });

    it('refuses URIs of more bytes than a session may keep, until there is room again', async () => {
      const { here, there } = await open();
      await here.create(session('s'));
      const half = 'ü'.repeat(SUBSCRIPTION_BYTES_PER_SESSION / 4);
      await here.update('s', { subscribe: `${half.slice(1)}-1` });
      await here.update('s', { subscribe: `${half.slice(1)}-2` });
      await expect(there.update('s', { subscribe: 'x', logLevel: 'error' })).rejects.toThrow(SubscriptionLimitError);
      expect((await here.peek('s'))?.logLevel).toBeUndefined();
      expect(await here.update('s', { subscribe: `${half.slice(1)}-2` })).toBe(true);
      await here.update('s', { unsubscribe: `${half.slice(1)}-1` });
      expect(await there.update('s', { subscribe: 'x' })).toBe(true);
      expect((await here.subscriptions('s')).length).toBe(2);
    });

    it('creates nothing by any other method, and answers that there is no such session', async () => {
      const { here } = await open();
      for (const id of ['unknown', '', 'with space', 'a}b{c', 'x'.repeat(SESSION_ID_LENGTH + 1)]) {
        expect(await here.touch(id)).toBeUndefined();
        expect(await here.peek(id)).toBeUndefined();
        expect(await here.renew(id)).toBe(false);
        expect(await here.update(id, { logLevel: 'debug', subscribe: 'a://b' })).toBe(false);
        expect(await here.appendHistory(id, { id: '1' })).toBeUndefined();
        expect(await here.history(id, 10)).toEqual([]);
        expect(await here.subscriptions(id)).toEqual([]);
        expect(await here.isSubscribed(id, 'a://b')).toBe(false);
        expect(await here.end(id)).toBe(false);
        expect(await here.peek(id)).toBeUndefined();
      }
      expect(await here.count()).toBe(0);
    });

    it('refuses an id that is in use or that cannot be one', async () => {
      const { here, there } = await open();
      await here.create(session('s'));
      await there.touch('s');
      await expect(there.create(session('s'))).rejects.toThrow(SessionIdError);
      expect((await here.peek('s'))?.requestCount).toBe(1);
      for (const id of ['', 'a b', '{a}', 'a\nb', 'é', 'x'.repeat(SESSION_ID_LENGTH + 1)]) {
        await expect(here.create(session(id))).rejects.toThrow(SessionIdError);
      }
      await here.create(session('x'.repeat(SESSION_ID_LENGTH)));
    });

    it('ends a session on every node with all that it owns', async () => {
      const { here, there, events } = await open();
      await here.create(session('s'));
      await here.appendHistory('s', { id: '1' });
      const [eventId] = await events.append({ sessionId: 's', streamId: 'x', messages: ['{}'] });
      expect(await there.end('s')).toBe(true);
      expect(await here.end('s')).toBe(false);
      expect(await here.touch('s')).toBeUndefined();
      expect(await here.count()).toBe(0);

      await here.create(session('s'));
      expect(await here.history('s', 10)).toEqual([]);
      expect(await events.read('s', 'x')).toEqual([]);
      await expect(events.read('s', 'x', eventId)).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
    });

    it('opens as many sessions as allowed, over all nodes, and another when one has ended', async () => {
      const { here, there } = await open({ maxSessions: 2 });
      await here.create(session('a'));
      await there.create(session('b'));
      await expect(here.create(session('c'))).rejects.toThrow(SessionLimitError);
      expect(await here.peek('c')).toBeUndefined();
      await there.end('a');
      await here.create(session('c'));
      expect(await there.count()).toBe(2);
    });

    it('forgets a session that is not used for its TTL, and no longer counts it', async () => {
      const { here, there } = await open({ ttlMs: 150, maxSessions: 1 });
      await here.create(session('s'));
      await here.appendHistory('s', { id: '1' });
      expect(await here.count()).toBe(1);
      await until(async () => (await there.peek('s')) === undefined);
      expect(await here.touch('s')).toBeUndefined();
      expect(await here.update('s', { listened: true })).toBe(false);
      expect(await here.history('s', 1)).toEqual([]);
      expect(await here.end('s')).toBe(false);
      await until(async () => (await here.count()) === 0);
      await here.create(session('s'));
      expect(await here.history('s', 1)).toEqual([]);
    });

    it('keeps a session that is used, however it is used', async () => {
      const ttlMs = 600;
      const { here, there, events } = await open({ ttlMs });
      const uses: Record<string, (id: string) => Promise<unknown>> = {
        touch: (id) => here.touch(id),
        renew: (id) => here.renew(id),
        update: (id) => here.update(id, { logLevel: 'info' }),
        appendHistory: (id) => here.appendHistory(id, { id: 'later' }),
        append: async (sessionId) => (await events.append({ sessionId, streamId: 'other', messages: [''] })).length,
      };
      const keep = async ([id, use]: [string, (id: string) => Promise<unknown>]) => {
        await here.create(session(id));
        await here.appendHistory(id, { id: 'first' });
        const [event] = await events.append({ sessionId: id, streamId: 'x', messages: ['{}'] });
        const start = performance.now();
        while (performance.now() - start < 2 * ttlMs) {
          expect(await use(id), id).toBeTruthy();
          await new Promise((resolve) => setTimeout(resolve, ttlMs / 12));
        }
        expect((await there.history(id, 50)).at(-1)?.id, id).toBe('first');
        expect(await nodes[1].events.newest(id, 'x'), id).toBe(event);
      };
      await Promise.all(Object.entries(uses).map(keep));
      expect(await there.count()).toBe(Object.keys(uses).length);
    });

    it('does not take reading for use', async () => {
      const { here, events } = await open({ ttlMs: 200 });
      await here.create(session('s'));
      const start = performance.now();
      while ((await here.peek('s')) !== undefined && performance.now() - start < 2_000) {
        await Promise.all([here.history('s', 1), events.read('s', 'x'), events.newest('s', 'x'), here.count()]);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await here.peek('s')).toBeUndefined();
    });
  });
}

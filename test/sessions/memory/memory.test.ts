import { afterEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import { StoreUnavailableError } from '../../../src/sessions/errors.js';
import {
  COUNTED_KEYS,
  EVENT_CHARACTERS_IN_MEMORY,
  EVENT_CHARACTERS_PER_SESSION,
} from '../../../src/sessions/limits.js';
import { memoryCounter } from '../../../src/sessions/memory/counter.js';
import { openMemoryStorage } from '../../../src/sessions/memory/index.js';
import { SessionTable } from '../../../src/sessions/memory/session-table.js';
import { SharedTexts } from '../../../src/sessions/memory/shared-texts.js';
import { memoryValueStore } from '../../../src/sessions/memory/value-store.js';
import { DEFAULTS, INITIALIZE, session } from '../../contract/subject.js';

describe('Sessions in memory', () => {
  let storage: Storage | undefined;
  afterEach(() => storage?.close());

  it('are gone exactly when their TTL is over', async () => {
    let now = 1_000_000;
    storage = openMemoryStorage({ ...DEFAULTS, ttlMs: 500, clock: () => now });
    await storage.sessions.create(session('s'));
    now += 499;
    expect(await storage.sessions.touch('s')).toBeDefined();
    now += 499;
    expect(await storage.sessions.peek('s')).toBeDefined();
    expect(await storage.sessions.count()).toBe(1);
    now += 1;
    expect(await storage.sessions.peek('s')).toBeUndefined();
    expect(await storage.sessions.touch('s')).toBeUndefined();
    expect(await storage.sessions.count()).toBe(0);
  });

  it('that have expired are told of once, also where another of the same id comes before the sweep', async () => {
    let now = 0;
    const ended: string[] = [];
    storage = openMemoryStorage({ ...DEFAULTS, ttlMs: 100, clock: () => now, onExpired: (id) => ended.push(id) });
    await storage.sessions.create(session('own'));
    now = 200;
    await storage.sessions.create(session('own'));
    expect(ended).toEqual(['own']);
    expect(await storage.sessions.count()).toBe(1);
    now = 400;
    expect(await storage.sessions.count()).toBe(0);
    expect(ended).toEqual(['own', 'own']);
  });

  it('are reclaimed in the order of their last use, and their followers are woken', async () => {
    let now = 0;
    storage = openMemoryStorage({ ...DEFAULTS, ttlMs: 100, clock: () => now });
    const { sessions, events } = storage;
    for (const id of ['a', 'b', 'c']) {
      await sessions.create(session(id));
      now += 10;
    }
    let woken = 0;
    await events.follow('b', 'x', () => woken++);
    await sessions.touch('a');
    now = 125;
    expect(await sessions.count()).toBe(1);
    expect(woken).toBe(1);
    expect(await sessions.peek('a')).toBeDefined();
  });

  it('hold equal initialize params once, until the last of them is gone', async () => {
    storage = openMemoryStorage(DEFAULTS);
    const { sessions } = storage;
    for (const id of ['a', 'b']) await sessions.create({ ...session(id), initialize: INITIALIZE });
    expect((await sessions.peek('a'))?.initialize).toBe((await sessions.peek('b'))?.initialize);

    const texts = new SharedTexts();
    for (const text of ['a', 'a', 'b']) texts.acquire(text);
    texts.release('a');
    expect(texts.size).toBe(2);
    texts.release('a');
    expect(texts.size).toBe(1);
  });

  it('leave nothing behind when all have expired', () => {
    let now = 0;
    const table = new SessionTable(50, () => now);
    for (let i = 0; i < 1_000; i++) {
      table.add({
        ...session(`s-${i}`),
        createdAt: 0,
        lastActivity: 0,
        requestCount: 0,
        calculationCount: 0,
        subscribed: false,
        listened: false,
      });
    }
    expect(table.count()).toBe(1_000);
    now = 50;
    expect(table.count()).toBe(0);
    table.close();
  });

  it('keep a bounded number of characters in all their events, and take from those that hold the most', async () => {
    storage = openMemoryStorage(DEFAULTS);
    const { sessions, events } = storage;
    const big = 'x'.repeat(EVENT_CHARACTERS_PER_SESSION / 4);
    await sessions.create(session('small'));
    const [kept] = await events.append({ sessionId: 'small', streamId: 'x', messages: ['small'] });
    const hoarders = Array.from(
      { length: EVENT_CHARACTERS_IN_MEMORY / EVENT_CHARACTERS_PER_SESSION },
      (_, i) => `h${i}`,
    );
    const held = async () => {
      const all = await Promise.all(hoarders.map((id) => events.read(id, 'x')));
      return all.flat().reduce((sum, { message }) => sum + message.length, 0);
    };
    for (const sessionId of hoarders) {
      await sessions.create(session(sessionId));
      for (let i = 0; i < 4; i++) await events.append({ sessionId, streamId: 'x', messages: [big] });
    }
    expect(await held()).toBeLessThanOrEqual(EVENT_CHARACTERS_IN_MEMORY);
    expect(await held()).toBeGreaterThan(EVENT_CHARACTERS_IN_MEMORY / 4);
    expect(await events.newest('small', 'x')).toBe(kept);
    for (const id of hoarders) await sessions.end(id);
    await events.append({ sessionId: 'small', streamId: 'x', messages: [big] });
    expect((await events.read('small', 'x', kept)).length).toBe(1);
  });

  it('know no other node', async () => {
    storage = openMemoryStorage(DEFAULTS);
    expect(storage.mode).toBe('in-memory');
    expect(await storage.bus.send('f'.repeat(16), { kind: 'hello', sessionId: 's' })).toBe(false);
    expect(await storage.bus.isAlive('f'.repeat(16))).toBe(false);
  });
});

describe('Values in memory', () => {
  it('are a bounded number, with room again as they expire', async () => {
    let time = 0;
    const store = memoryValueStore({ entries: 10, clock: () => time });
    for (let index = 0; index < 10; index += 1) await store.put(`k${index}`, {}, 1_000);
    await expect(store.put('more', {}, 1_000)).rejects.toThrow(StoreUnavailableError);
    await store.put('k0', { again: true }, 1_000);
    time = 1_001;
    await store.put('more', {}, 1_000);
    expect(await store.read('more', 'k1')).toEqual([{}, undefined]);
  });

  it('takes no more characters than its bound, half of them large, until some have expired or are gone', async () => {
    let time = 0;
    const store = memoryValueStore({ characters: 20_000, clock: () => time });
    const [large, small] = [{ text: 'x'.repeat(5_000) }, { text: 'x'.repeat(2_000) }];
    await store.put('large', large, 1_000);
    await expect(store.put('another', large, 1_000)).rejects.toThrow(StoreUnavailableError);
    await store.put('large', large, 1_000);
    for (let index = 0; index < 7; index += 1) await store.put(`small${index}`, small, 1_000);
    await expect(store.put('more', small, 1_000)).rejects.toThrow(StoreUnavailableError);
    await store.remove('small0');
    await store.put('more', small, 1_000);
    time = 1_001;
    await store.put('another', large, 1_000);
    expect(await store.read('another', 'more')).toEqual([large, undefined]);
  });
});

describe('Counts in memory', () => {
  it('forget the window that began first rather than grow without a bound', async () => {
    const count = memoryCounter();
    await count('first', 60_000);
    await count('second', 60_000);
    for (let i = 2; i < COUNTED_KEYS; i += 1) void count(`key ${i}`, 60_000);
    expect(await count('first', 60_000)).toMatchObject({ hits: 2 });
    await count('one more', 60_000);
    expect(await count('second', 60_000)).toMatchObject({ hits: 2 });
    expect(await count('first', 60_000)).toMatchObject({ hits: 1 });
    expect(await count(`key ${COUNTED_KEYS - 1}`, 60_000)).toMatchObject({ hits: 2 });
  });

  it('begin a new window in the millisecond in which the last one ends', async () => {
    let time = 1_000;
    const count = memoryCounter({ clock: () => time });
    expect(await count('k', 100)).toEqual({ hits: 1, leftMs: 100 });
    time = 1_099;
    expect(await count('k', 100)).toEqual({ hits: 2, leftMs: 1 });
    time = 1_100;
    expect(await count('k', 100)).toEqual({ hits: 1, leftMs: 100 });
  });
});

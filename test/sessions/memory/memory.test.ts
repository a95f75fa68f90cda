import { afterEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../../src/sessions/contract.js';
import { InternedParams } from '../../../src/sessions/memory/interned.js';
import { openMemoryStorage } from '../../../src/sessions/memory/index.js';
import { SessionTable } from '../../../src/sessions/memory/session-table.js';
import { DEFAULTS, INITIALIZE, session } from '../../contract/subject.js';

describe('Sessions in memory', () => {
  let storage: Storage | undefined;
  afterEach(() => storage?.close());

  it('are gone exactly when their TTL is over', async () => {
    let now = 1_000_000;
    storage = openMemoryStorage({ ...DEFAULTS, ttlMs: 500, clock: () => now });
    await storage.sessions.create(session('s'));
    now += 499;
    expect(await storage.sessions.touch('s')).toMatchObject({ createdAt: 1_000_000, lastActivity: 1_000_499 });
    now += 499;
    expect(await storage.sessions.peek('s')).toBeDefined();
    expect(await storage.sessions.count()).toBe(1);
    now += 1;
    expect(await storage.sessions.peek('s')).toBeUndefined();
    expect(await storage.sessions.touch('s')).toBeUndefined();
    expect(await storage.sessions.count()).toBe(0);
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
    for (const id of ['a', 'b']) await sessions.create({ ...session(id), initialize: structuredClone(INITIALIZE) });
    expect((await sessions.peek('a'))?.initialize).toBe((await sessions.peek('b'))?.initialize);

    const interned = new InternedParams();
    const [first, second] = [interned.acquire({ a: 1 }), interned.acquire({ a: 1 })];
    interned.acquire({ b: 1 });
    interned.release(first);
    expect(interned.size).toBe(2);
    interned.release(second);
    expect(interned.size).toBe(1);
  });

  it('leave nothing behind when all have expired', () => {
    let now = 0;
    const table = new SessionTable(50, () => now);
    for (let i = 0; i < 1_000; i++) {
      table.add({ ...session(`s-${i}`), createdAt: 0, lastActivity: 0, requestCount: 0, calculationCount: 0, subscriptions: [], listened: false });
    }
    expect(table.count()).toBe(1_000);
    now = 50;
    expect(table.count()).toBe(0);
    table.close();
  });

  it('know no other node', async () => {
    storage = openMemoryStorage(DEFAULTS);
    expect(storage.mode).toBe('in-memory');
    expect(await storage.bus.send('f'.repeat(16), { kind: 'hello', sessionId: 's' })).toBe(false);
    expect(await storage.bus.isAlive('f'.repeat(16))).toBe(false);
  });
});

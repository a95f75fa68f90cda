import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { EventLog, Storage } from '../../sessions/contract.js';
import { session, type Subject, until } from './subject.js';

/** Tails a stream as a connection does: follow, then read until nothing is left, at every wake. Resolves to what stops it. */
async function tail(log: EventLog, streamId: string, into: string[]): Promise<() => Promise<void>> {
  let position: string | undefined;
  let reading: Promise<void> | undefined;
  let woken = false;
  const drain = async () => {
    while (woken) {
      woken = false;
      for (
        let events = await log.read('s', streamId, position);
        events.length > 0;
        events = await log.read('s', streamId, position)
      ) {
        into.push(...events.map(({ message }) => message));
        position = events.at(-1)?.id;
      }
    }
    reading = undefined;
  };
  const wake = () => {
    woken = true;
    reading ??= drain();
  };
  const stop = await log.follow('s', streamId, wake);
  wake();
  return async () => {
    stop();
    await reading;
  };
}

export function followContract(subject: Subject): ContractCase[] {
  return describe('Following a stream', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async (ttlMs?: number) => {
      nodes = await subject.openNodes(ttlMs === undefined ? {} : { ttlMs });
      await nodes[0].sessions.create(session('s'));
      return { here: nodes[0].events, there: nodes[1].events, sessions: nodes[1].sessions };
    };
    const append = async (log: EventLog, streamId = 'x', message = ''): Promise<string> =>
      (await log.append({ sessionId: 's', streamId, messages: [message] }))[0] ?? '';
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('wakes every follower on every node, of that stream alone', async () => {
      const { here, there } = await open();
      const woken = { here: 0, alsoHere: 0, there: 0, other: 0 };
      await here.follow('s', 'x', () => woken.here++);
      await here.follow('s', 'x', () => woken.alsoHere++);
      await there.follow('s', 'x', () => woken.there++);
      await there.follow('s', 'y', () => woken.other++);
      await append(here);
      await until(() => woken.here > 0 && woken.alsoHere > 0 && woken.there > 0);
      expect(woken).toMatchObject({ other: 0 });
      expect(Math.min(woken.here, woken.alsoHere, woken.there)).toBeGreaterThan(0);
    });

    it('wakes nobody who has stopped, and goes on for the others', async () => {
      const { here, there } = await open();
      let stopped = 0;
      let staying = 0;
      const stop = await there.follow('s', 'x', () => stopped++);
      await there.follow('s', 'x', () => staying++);
      stop();
      stop();
      await append(here);
      await until(() => staying > 0);
      expect([stopped, staying > 0]).toEqual([0, true]);
    });

    it('can be stopped and begun again at once', async () => {
      const { here, there } = await open();
      let woken = 0;
      const stop = await there.follow('s', 'x', () => undefined);
      stop();
      await there.follow('s', 'x', () => woken++);
      await append(here);
      await until(() => woken > 0);
      expect(woken).toBeGreaterThan(0);
    });

    it('misses no event and repeats none, however appending and following race', async () => {
      const { here, there } = await open();
      const total = 400;
      const tails: string[][] = [];
      const stops: Promise<() => Promise<void>>[] = [];
      const appended: Promise<string>[] = [];
      for (let i = 0; i < total; i++) {
        appended.push(append(i % 2 ? here : there, 'x', String(i)));
        if (i % 40 !== 20) continue;
        const seen: string[] = [];
        tails.push(seen);
        stops.push(tail(i % 80 === 20 ? here : there, 'x', seen));
        await appended[i - 10];
      }
      await Promise.all(appended);
      await until(() => tails.every((seen) => seen.length >= total));
      const order = (await here.read('s', 'x', undefined, total)).map(({ message }) => message);
      expect(new Set(order).size).toBe(total);
      for (const seen of tails) expect(seen).toEqual(order);
      for (const stop of stops) await (await stop)();
    });

    it('wakes its followers when the session is ended', async () => {
      const { here, there, sessions } = await open();
      let woken = 0;
      await here.follow('s', 'x', () => woken++);
      await there.follow('s', 'y', () => woken++);
      await sessions.end('s');
      await until(() => woken >= 2);
      expect(woken).toBeGreaterThanOrEqual(2);
    });

    it('lasts as long as the session is used', async () => {
      const ttlMs = 300;
      const { here, there, sessions } = await open(ttlMs);
      let woken = 0;
      await there.follow('s', 'x', () => woken++);
      const start = performance.now();
      while (performance.now() - start < 2 * ttlMs) {
        await sessions.touch('s');
        await new Promise((resolve) => setTimeout(resolve, ttlMs / 6));
      }
      await append(here);
      await until(() => woken > 0);
      expect(woken).toBeGreaterThan(0);
    });

    it('wakes the next follower when one throws', async () => {
      const { here } = await open();
      let woken = 0;
      await here.follow('s', 'x', () => {
        throw new Error('follower');
      });
      await here.follow('s', 'x', () => woken++);
      expect(await append(here)).not.toBe('');
      expect(woken).toBe(1);
    });

    it('accepts a session that is gone, and wakes nobody', async () => {
      const { here, sessions } = await open();
      await sessions.end('s');
      let woken = 0;
      const stop = await here.follow('s', 'x', () => woken++);
      expect(await append(here)).toBe('');
      expect(woken).toBe(0);
      stop();
    });
  });
}

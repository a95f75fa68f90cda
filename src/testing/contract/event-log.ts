import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { EventLog, Storage } from '../../sessions/contract.js';
import { UnknownEventError } from '../../sessions/errors.js';
import {
  EVENT_CHARACTERS_PER_SESSION,
  EVENTS_PER_READ,
  EVENTS_PER_STREAM,
  STREAMS_PER_SESSION,
} from '../../sessions/limits.js';
import { session, type Subject } from './subject.js';

export function eventLogContract(subject: Subject): ContractCase[] {
  return describe('EventLog', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async () => {
      nodes = await subject.openNodes();
      await nodes[0].sessions.create(session('s'));
      return { here: nodes[0].events, there: nodes[1].events, sessions: nodes[1].sessions };
    };
    const append = async (log: EventLog, streamId: string, message: string, last?: boolean): Promise<string> =>
      (await log.append({ sessionId: 's', streamId, messages: [message], last }))[0] ?? '';
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('reads on every node what was appended, oldest first, with the last marked', async () => {
      const { here, there } = await open();
      const ids = [
        await append(here, 'x', ''),
        await append(there, 'x', '{"ü":"\\n"}'),
        await append(here, 'x', '{}', true),
      ];
      expect(await there.read('s', 'x')).toEqual([
        { id: ids[0], message: '', last: false },
        { id: ids[1], message: '{"ü":"\\n"}', last: false },
        { id: ids[2], message: '{}', last: true },
      ]);
      for (const id of ids) expect(id).toMatch(/^x:[^\s:]+$/);
      expect(new Set(ids).size).toBe(3);
    });

    it('reads on after an event, and at most as many as asked for', async () => {
      const { here, there } = await open();
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.push(await append(here, 'x', String(i)));
      expect((await there.read('s', 'x', ids[1])).map(({ message }) => message)).toEqual(['2', '3', '4']);
      expect((await there.read('s', 'x', ids[1], 2)).map(({ id }) => id)).toEqual([ids[2], ids[3]]);
      expect((await there.read('s', 'x', undefined, 2)).map(({ id }) => id)).toEqual([ids[0], ids[1]]);
      expect(await there.read('s', 'x', ids[4])).toEqual([]);
      expect(await there.read('s', 'x', ids[0], 0)).toEqual([]);
      expect(await there.read('s', 'x', undefined, 0)).toEqual([]);
    });

    it('keeps streams and sessions apart', async () => {
      const { here, sessions } = await open();
      await sessions.create(session('t'));
      await append(here, 'x', 'mine');
      await append(here, 'y', 'other stream');
      await here.append({ sessionId: 't', streamId: 'x', messages: ['other session'] });
      expect((await here.read('s', 'x')).map(({ message }) => message)).toEqual(['mine']);
    });

    it('is empty where nothing was appended', async () => {
      const { here } = await open();
      expect(await here.read('s', 'never')).toEqual([]);
      expect(await here.newest('s', 'never')).toBeUndefined();
      expect(await here.read('gone', 'x')).toEqual([]);
      expect(await here.newest('gone', 'x')).toBeUndefined();
    });

    it('knows the newest event of a stream', async () => {
      const { here, there } = await open();
      await append(here, 'x', '1');
      const second = await append(here, 'x', '2');
      expect(await there.newest('s', 'x')).toBe(second);
    });

    it('refuses ids of another session or stream, and such as never were', async () => {
      const { here, sessions } = await open();
      await sessions.create(session('t'));
      await append(here, 'x', '1');
      const [foreign] = await here.append({ sessionId: 't', streamId: 'z', messages: [''] });
      const [, position] = (await append(here, 'y', '')).split(':') as [string, string];
      const unknown = [
        foreign,
        `y:${position}`,
        `x:${position}9`,
        'x:0-0',
        'x:',
        'x:-1',
        'x',
        '',
        'x:$',
        `x:0${position}`,
        'x:1-1 COUNT',
      ];
      for (const id of unknown) await expect(here.read('s', 'x', id), id).rejects.toThrow(UnknownEventError);
      await expect(here.read('s', 'z', foreign)).rejects.toThrow(UnknownEventError);
      await expect(here.read('gone', 'z', foreign)).rejects.toThrow(UnknownEventError);
    });

    it('drops the oldest events of a full stream, and refuses to read from where they were', async () => {
      const { here } = await open();
      const ids = await Promise.all(
        Array.from({ length: EVENTS_PER_STREAM + 2 }, (_, i) => append(here, 'x', String(i))),
      );
      await expect(here.read('s', 'x', ids[1])).rejects.toThrow(UnknownEventError);
      const rest = await here.read('s', 'x', undefined, 2 * EVENTS_PER_STREAM);
      expect(rest.map(({ id }) => id)).toEqual(ids.slice(2));
      expect((await here.read('s', 'x', ids[2])).length).toBe(EVENTS_PER_READ);
    });

    it('appends several events at once, all or none, and the last of them may end the stream', async () => {
      const { here, there } = await open();
      const [first] = await here.append({ sessionId: 's', streamId: 'x', messages: ['1'] });
      const ids = await here.append({ sessionId: 's', streamId: 'x', messages: ['2', '', '3'], last: true });
      expect(await there.read('s', 'x', first)).toEqual([
        { id: ids[0], message: '2', last: false },
        { id: ids[1], message: '', last: false },
        { id: ids[2], message: '3', last: true },
      ]);
      expect(new Set([first, ...ids]).size).toBe(4);
      expect(await there.append({ sessionId: 's', streamId: 'x', messages: ['late', 'later'] })).toEqual([]);
      expect(await here.append({ sessionId: 'none', streamId: 'x', messages: ['1', '2'] })).toEqual([]);
      expect((await here.read('s', 'x')).length).toBe(4);
    });

    it('takes nothing after the last event, whoever appends it', async () => {
      const { here, there } = await open();
      const outcomes = await Promise.all([append(here, 'x', 'answer', true), append(there, 'x', 'node is gone', true)]);
      expect(outcomes.filter((id) => id === '').length).toBe(1);
      expect(await append(here, 'x', 'late')).toBe('');
      expect((await here.read('s', 'x')).length).toBe(1);
    });

    it('keeps nothing of a session that is gone', async () => {
      const { here, sessions } = await open();
      await sessions.end('s');
      expect(await append(here, 'x', 'late')).toBe('');
      await sessions.create(session('s'));
      expect(await here.read('s', 'x')).toEqual([]);
    });

    it('makes room for another stream with the one that ended first, else with the least recent', async () => {
      const { here } = await open();
      const oldest = await append(here, 'open-0', '');
      const ended = await append(here, 'ended', '', true);
      for (let i = 1; i < STREAMS_PER_SESSION - 1; i++) await append(here, `open-${i}`, '');
      await append(here, 'one-more', '', true);
      await expect(here.read('s', 'ended', ended)).rejects.toThrow(UnknownEventError);
      expect(await here.read('s', 'open-0', oldest)).toEqual([]);

      await append(here, 'another', '');
      expect(await here.newest('s', 'one-more')).toBeUndefined();
      await append(here, 'yet-another', '');
      await expect(here.read('s', 'open-0', oldest)).rejects.toThrow(UnknownEventError);
    });

    it('bounds what one session keeps, but always keeps the newest event', async () => {
      const { here } = await open();
      const half = 'x'.repeat(EVENT_CHARACTERS_PER_SESSION / 2);
      const first = await append(here, 'x', half);
      await append(here, 'y', half);
      expect(await here.newest('s', 'x')).toBe(first);
      await append(here, 'y', '1');
      expect(await here.newest('s', 'x')).toBeUndefined();
      await append(here, 'y', `${half}${half}`);
      expect((await here.read('s', 'y')).map(({ message }) => message.length)).toEqual([EVENT_CHARACTERS_PER_SESSION]);
      await append(here, 'y', 'small again', true);
      expect((await here.read('s', 'y')).map(({ message }) => message)).toEqual(['small again']);
    });

    it('never gives an id twice, not even when a dropped stream begins again', async () => {
      const { here } = await open();
      const before = await append(here, 'again', '', true);
      for (let i = 0; i < STREAMS_PER_SESSION; i++) await append(here, `other-${i}`, '');
      expect(await here.newest('s', 'again')).toBeUndefined();
      expect(await append(here, 'again', '')).not.toBe(before);
      await expect(here.read('s', 'again', before)).rejects.toThrow(UnknownEventError);
    });
  });
}

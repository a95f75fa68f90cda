import type { ContractCase } from './cases.js';
import { describe } from './cases.js';
import { expect } from '../expect.js';
import type { Storage } from '../../sessions/contract.js';
import {
  TASK_ANSWERS_BYTES,
  TASK_MESSAGE_CHARACTERS,
  TASK_OUTCOME_BYTES,
  TASK_QUESTION_BYTES,
  TASKS_PER_OWNER,
} from '../../sessions/limits.js';
import type { Subject } from './subject.js';
import { until } from './subject.js';

const LONG = 60_000;
const OWNER = '["https://issuer.example","sübject {1}"]';

const ENDS = [
  ['completed', '{"content":[]}'],
  ['failed', '{"code":-32603}'],
  ['cancelled', undefined],
] as const;

export function taskStoreContract(subject: Subject): ContractCase[] {
  return describe('TaskStore', ({ it, afterEach }) => {
    let nodes: [Storage, Storage];
    const open = async () => {
      nodes = await subject.openNodes();
      return { here: nodes[0].tasks, there: nodes[1].tasks, sessions: nodes[0].sessions };
    };
    const task = (id: string, more: object = {}) => ({ id, node: 'n1', ttlMs: LONG, ...more });
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('reads on one node what another created, with and without an owner', async () => {
      const { here, there } = await open();
      const created = await here.create(task('t1', { owner: OWNER }));
      expect(await there.read('t1')).toEqual(created);
      expect(created).toMatchObject({ id: 't1', owner: OWNER, node: 'n1', status: 'working', ttlMs: LONG });
      expect(created).toMatchObject({ questions: {}, answers: {}, updatedAt: created.createdAt });
      expect(Math.abs(created.createdAt - Date.now())).toBeLessThan(5_000);
      expect((await here.create(task('t2'))).owner).toBeUndefined();
      expect(await there.read('none')).toBeUndefined();
      expect(await there.read('{t1}')).toBeUndefined();
    });

    it('keeps a task apart from a session of the same id', async () => {
      const { here, sessions } = await open();
      await here.create(task('same'));
      expect(await sessions.peek('same')).toBeUndefined();
      await sessions.end('same');
      expect(await here.read('same')).toBeDefined();
    });

    it('changes the message, cut to its bound, and says when', async () => {
      const { here, there } = await open();
      const { updatedAt } = await here.create(task('t'));
      await until(() => Date.now() > updatedAt + 2);
      expect(await there.update('t', { message: 'ü'.repeat(TASK_MESSAGE_CHARACTERS + 1) })).toBe(true);
      const record = await here.read('t');
      expect(record?.message).toBe('ü'.repeat(TASK_MESSAGE_CHARACTERS));
      expect(record?.updatedAt).toBeGreaterThan(updatedAt);
    });

    it('takes a task from its node', async () => {
      const { here, there } = await open();
      await here.create(task('t'));
      expect(await here.update('t', { detach: true })).toBe(true);
      expect(await there.read('t')).toMatchObject({ status: 'working' });
      expect((await there.read('t'))?.node).toBeUndefined();
    });

    it('keeps questions until each has its answer, and the answers until they are taken', async () => {
      const { here, there } = await open();
      await here.create(task('t'));
      await here.update('t', { ask: { key: 'a', request: '{"q":1}' } });
      await here.update('t', { ask: { key: 'b:ü', request: '{"q":2}' } });
      const asked = { status: 'input_required', questions: { a: '{"q":1}', 'b:ü': '{"q":2}' }, answers: {} };
      expect(await there.read('t')).toMatchObject(asked);
      expect(await there.answer('t', { 'b:ü': '{"yes":"\\ud800"}', other: '{}' })).toBe(true);
      const half = { status: 'input_required', questions: { a: '{"q":1}' }, answers: { 'b:ü': '{"yes":"\\ud800"}' } };
      expect(await here.read('t')).toMatchObject(half);
      expect((await here.read('t'))?.questions).toEqual({ a: '{"q":1}' });
      expect(await there.answer('t', { a: '{}' })).toBe(true);
      expect(await here.read('t')).toMatchObject({ status: 'working', questions: {} });
      await here.update('t', { taken: ['a', 'b:ü'] });
      expect((await there.read('t'))?.answers).toEqual({});
    });

    it('takes the answer to a question once, of whoever is first', async () => {
      const { here, there } = await open();
      await here.create(task('t'));
      await here.update('t', { ask: { key: 'a', request: '{}' } });
      const given = await Promise.all(
        Array.from({ length: 10 }, (_, index) => (index % 2 ? here : there).answer('t', { a: `{"n":${index}}` })),
      );
      expect(given.filter(Boolean)).toHaveLength(1);
      const { answers } = (await here.read('t')) ?? {};
      expect(answers).toEqual({ a: `{"n":${given.indexOf(true)}}` });
      expect(await here.answer('t', {})).toBe(false);
    });

    for (const [status, outcome] of ENDS)
      it(`ends as ${status}, once, and changes no more`, async () => {
        const { here, there } = await open();
        await here.create(task('t'));
        await here.update('t', { ask: { key: 'a', request: '{}' } });
        await here.update('t', { ask: { key: 'b', request: '{}' } });
        await here.answer('t', { b: '{}' });
        const ends = await Promise.all(
          [here, there].map((at) => at.update('t', { message: 'm', end: { status, outcome } })),
        );
        expect(ends.filter(Boolean)).toHaveLength(1);
        const record = await there.read('t');
        expect(record).toMatchObject({ status, message: 'm', questions: {}, answers: {} });
        expect([record?.outcome, record?.node]).toEqual([outcome, undefined]);
        expect(await here.update('t', { message: 'later' })).toBe(false);
        expect(await here.answer('t', { a: '{}' })).toBe(false);
        expect(await here.read('t')).toEqual(record);
      });

    it('is gone when its lifetime is over, however much it is used', async () => {
      const { here } = await open();
      await here.create(task('brief', { ttlMs: 150 }));
      await until(async () => {
        await here.update('brief', { message: 'still here' });
        return (await here.read('brief')) === undefined;
      });
      expect(await here.read('brief')).toBeUndefined();
      expect(await here.update('brief', { message: 'm' })).toBe(false);
      expect(await here.answer('brief', { a: '{}' })).toBe(false);
    });

    it('refuses a task beyond the bound of its owner, until others expire', async () => {
      const { here, there } = await open();
      const owned = (index: number) => here.create(task(`t${index}`, { owner: OWNER }));
      await Promise.all(Array.from({ length: TASKS_PER_OWNER - 1 }, (_, index) => owned(index)));
      await here.create(task('last', { owner: OWNER, ttlMs: 800 }));
      await expect(there.create(task('more', { owner: OWNER }))).rejects.toMatchObject({
        code: 'TASK_LIMIT',
        limit: TASKS_PER_OWNER,
      });
      await there.create(task('other', { owner: 'other' }));
      await there.create(task('nobody'));
      expect(await here.read('more')).toBeUndefined();
      await until(async () => (await here.read('last')) === undefined);
      await there.create(task('more', { owner: OWNER }));
    });

    it('refuses what is longer than its bound, and applies nothing of it', async () => {
      const { here } = await open();
      await here.create(task('t'));
      const tooLong = { code: 'TOO_LONG' };
      const outcome = 'x'.repeat(TASK_OUTCOME_BYTES + 1);
      await expect(here.update('t', { message: 'm', end: { status: 'completed', outcome } })).rejects.toMatchObject(
        tooLong,
      );
      const ask = { key: 'a', request: 'x'.repeat(TASK_QUESTION_BYTES + 1) };
      await expect(here.update('t', { ask })).rejects.toMatchObject(tooLong);
      await expect(here.answer('t', { a: 'x'.repeat(TASK_ANSWERS_BYTES) })).rejects.toMatchObject(tooLong);
      expect(await here.read('t')).toMatchObject({ status: 'working' });
      expect((await here.read('t'))?.message).toBeUndefined();
      await here.update('t', { end: { status: 'completed', outcome: 'x'.repeat(TASK_OUTCOME_BYTES) } });
      expect((await here.read('t'))?.outcome).toHaveLength(TASK_OUTCOME_BYTES);
    });
  });
}

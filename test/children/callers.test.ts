import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHILD } from '../helpers/child-server.js';
import { envelope, post } from '../helpers/modern.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { ask, callOf, openSession, post as send } from '../helpers/rpc.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { Issuer } from '../security/helpers/issuer.js';
import { startIssuer } from '../security/helpers/issuer.js';

const MODERN_CHILD = join(import.meta.dirname, '../fixtures/modern-child.js');
const ASKABLE = { _meta: envelope({ elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } }) };
const SAID = { who: { action: 'accept', content: { name: 'Eve' } } };

type Params = Record<string, unknown>;

describe.each(['in memory', 'on Redis, over two nodes'])('two callers of one command, %s', (where) => {
  let issuer: Issuer;
  let redis: RedisServer | undefined;
  const nodes: SpawnedServer[] = [];
  beforeAll(async () => {
    issuer = await startIssuer();
    if (where !== 'in memory') redis = await startRedis();
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis?.stop();
    await issuer.close();
  });
  /** Ann's node, and the one where others try. */
  async function serve(program: string): Promise<[hers: string, theirs: string]> {
    const flags = [...issuer.args, ...(redis ? ['--redis', redis.url] : [])];
    const args = ['http', ...flags, '--', process.execPath, program];
    const started = await Promise.all(Array.from({ length: redis ? 2 : 1 }, () => spawnServer(args, issuer.env)));
    nodes.push(...started);
    return [`${started[0]?.origin}/mcp`, `${started.at(-1)?.origin}/mcp`];
  }
  const as = (sub: string, url: string, method: string, params: Params) =>
    post(url, method, { ...ASKABLE, ...params }, { headers: issuer.as(sub) });

  describe('of the modern era', () => {
    let hers: string;
    let theirs: string;
    beforeAll(async () => void ([hers, theirs] = await serve(MODERN_CHILD)));

    test('have each their own questions: a state of the other is refused, and so is one of nobody', async () => {
      const { body } = await as('ann', hers, 'tools/call', { name: 'ask' });
      const { requestState } = body.result as { requestState: string };
      const stolen = [requestState, requestState.replace(/^.*~/, ''), 'asked', 7];
      for (const state of stolen) {
        const more = { name: 'ask', inputResponses: SAID, requestState: state };
        const { body: refused } = await as('eve', theirs, 'tools/call', more);
        expect(refused.error?.code, JSON.stringify(refused)).toBe(-32602);
      }
      const { body: own } = await as('ann', theirs, 'tools/call', { name: 'ask', inputResponses: SAID, requestState });
      expect(own.result).toMatchObject({ content: [{ text: 'hello Eve' }] });
    });

    test('have each their own tasks, although the server numbers them for all', async () => {
      const begin = async (sub: string, said: string) => {
        const { body } = await as(sub, hers, 'tools/call', { name: 'begin', arguments: { said } });
        return String(body.result?.taskId);
      };
      const taskId = await begin('ann', 'of Ann');
      const eves = await begin('eve', 'of Eve');
      const guessed = [taskId, '1', 1, eves.replace(/~[^~]*$/, '~1')];
      for (const id of guessed) {
        const { body: refused } = await as('eve', theirs, 'tasks/get', { taskId: id });
        expect(JSON.stringify(refused)).not.toContain('of Ann');
        expect(refused.error).toBeDefined();
      }
      const { body } = await as('ann', theirs, 'tasks/get', { taskId });
      expect(body.result).toMatchObject({ taskId, status: 'completed', result: { content: [{ text: 'of Ann' }] } });
    });
  });

  describe('of the legacy era', () => {
    let hers: string;
    let theirs: string;
    beforeAll(async () => void ([hers, theirs] = await serve(CHILD)));

    test('have each their own session: its id is of no use to the other, on any node', async () => {
      const session = await openSession(hers, { headers: issuer.as('ann') });
      const { result } = await ask(hers, session, callOf('pid'));
      const stolen = { ...session, ...issuer.as('eve') };
      for (const url of [hers, theirs]) {
        expect((await send(url, callOf('pid'), stolen)).status).toBe(404);
        expect((await fetch(url, { headers: { ...stolen, Accept: 'text/event-stream' } })).status).toBe(404);
        expect((await fetch(url, { method: 'DELETE', headers: stolen })).status).toBe(404);
      }
      const { result: after } = await ask(theirs, { ...session, ...issuer.as('ann') }, callOf('pid'));
      expect(after).toEqual(result);
    });

    test('have each their own process and calls that wait, where they speak the modern era', async () => {
      const pids = await Promise.all(
        ['ann', 'eve'].map(async (sub) => (await as(sub, hers, 'tools/call', { name: 'pid' })).body.result?.content),
      );
      expect(pids[0]).not.toEqual(pids[1]);
      const { body } = await as('ann', hers, 'tools/call', { name: 'ask' });
      const { requestState, inputRequests } = body.result as { requestState: string; inputRequests: object };
      const inputResponses = { [Object.keys(inputRequests)[0] ?? '']: { action: 'accept', content: { name: 'Eve' } } };
      const more = { name: 'ask', requestState, inputResponses };
      expect((await as('eve', theirs, 'tools/call', more)).body.error?.code).toBe(-32602);
      expect((await as('ann', theirs, 'tools/call', more)).body.result?.content).toMatchObject([
        { text: 'accept: Eve' },
      ]);
    });
  });
});

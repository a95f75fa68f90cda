import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { META } from '../../src/rpc/era.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';
import { eventually } from '../helpers/eventually.js';
import type { ModernAnswer } from '../helpers/modern.js';
import { listen } from '../helpers/listen.js';
import { envelope, post } from '../helpers/modern.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const INTERVIEW = fileURLToPath(new URL('../fixtures/interview.js', import.meta.url));
const CALL = { name: 'interview', arguments: {}, _meta: envelope({ elicitation: {}, sampling: {}, roots: {} }) };
const ANSWERS = {
  name: { action: 'accept', content: { answer: 'Ada' } },
  greeting: { role: 'assistant', model: 'm', content: { type: 'text', text: 'Hello' } },
  roots: { roots: [{ uri: 'file:///home' }] },
  question: { action: 'accept', content: { answer: 'blue' } },
};

/** Asks and answers until there is a result, each round at the next of the addresses. */
async function interview(urls: readonly string[]): Promise<ModernAnswer['body']> {
  let more = {};
  for (let round = 0; ; round += 1) {
    const { body } = await post(urls[round % urls.length] as string, 'tools/call', { ...CALL, ...more });
    if (body.result?.resultType !== 'input_required') return body;
    more = { requestState: body.result.requestState, inputResponses: ANSWERS };
  }
}

describe('the modern era over several processes', () => {
  const servers: SpawnedServer[] = [];
  let redis: RedisServer;

  async function start(...args: string[]): Promise<string> {
    const server = await spawnServer(['http', ...args]);
    servers.push(server);
    return `${server.origin}/mcp`;
  }

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  afterAll(() => redis.stop());

  test('goes on with a call at any worker, by the key that their primary made', async () => {
    const url = await start('--stateless', '--workers', '2', '--server', INTERVIEW);
    for (let count = 0; count < 3; count += 1) {
      const { result } = await interview([url]);
      expect(result?.structuredContent).toMatchObject({ greeting: 'Hello Ada', color: 'blue', steps: 1 });
    }
    expect(servers[0]?.log.join('\n')).toContain('a step that may happen only once is refused');
  });

  test('goes on with a call at any node of one Redis, without a key being set', async () => {
    const args = ['--stateless', '--redis', redis.url, '--server', INTERVIEW];
    const urls = await Promise.all([start(...args), start(...args), start(...args)]);
    const { result } = await interview(urls);
    expect(result?.structuredContent).toMatchObject({ greeting: 'Hello Ada', color: 'blue' });
  });

  test('goes on with a call whose node died between two rounds', async () => {
    const args = ['--stateful', '--redis', redis.url, '--server', INTERVIEW];
    const [first, second] = await Promise.all([start(...args), start(...args)]);
    const { body } = await post(first, 'tools/call', CALL);
    const { requestState } = body.result as { requestState: string };
    const dying = servers.find(({ origin }) => first.startsWith(origin));
    await dying?.stop('SIGKILL');
    const next = await post(second, 'tools/call', { ...CALL, requestState, inputResponses: ANSWERS });
    const state = next.body.result?.requestState;
    const last = await post(second, 'tools/call', { ...CALL, requestState: state, inputResponses: ANSWERS });
    // The step ran on the node that died, and not again.
    expect(last.body.result?.structuredContent).toMatchObject({ greeting: 'Hello Ada', color: 'blue', steps: 0 });
  });

  test('tells a listener of one node of a change that was made on another, and ends with its result at a drain', async () => {
    const args = ['--stateful', '--redis', redis.url];
    const [here, there] = await Promise.all([start(...args), start(...args)]);
    const { heard, ended } = await listen(here, { resourceSubscriptions: ['calculator://stats'] }, envelope());
    await post(there, 'tools/call', { name: 'calculate', arguments: { a: 1, b: 2, op: 'add' } });
    await eventually(() => expect(heard[1]?.params?.uri).toBe('calculator://stats'));
    await servers.find(({ origin }) => here.startsWith(origin))?.stop();
    await ended;
    expect(heard.at(-1)).toMatchObject({
      id: 'l',
      result: { resultType: 'complete', _meta: { [META.subscriptionId]: 'l' } },
    });
  });
});

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { InstalledExample, RunningScript } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';
import type { RedisServer } from '../helpers/redis.js';
import { startRedis } from '../helpers/redis.js';

const KEYS = { LARGE_API_KEY: 'key-of-large', MEDIUM_API_KEY: 'key-of-medium', SMALL_API_KEY: 'key-of-small' };
const NAMES = ['large', 'medium', 'small'] as const;
/** Longer than anything in these tests waits for, ms. */
const NEVER_MS = 30_000;
const HALF_OPEN_MS = 500;
const TTL_MS = 1_000;

interface Attempt {
  readonly provider: string;
  readonly outcome: string;
  readonly ms: number;
  readonly detail?: string;
}
interface Answered {
  readonly answer: string;
  readonly provider: string;
  readonly cached: boolean;
  readonly costUsd: number;
  readonly agreement?: { agree: number; asked: number };
  readonly attempts: readonly Attempt[];
}

interface Result {
  readonly structuredContent: Answered;
  readonly isError?: boolean;
  readonly content: readonly [{ text: string }];
}

let example: InstalledExample;
let redis: RedisServer;
let fake: string;
let gateways: RunningScript[];
let clients: Client[];

beforeAll(async () => {
  [example, redis] = await Promise.all([installExample('gateway'), startRedis()]);
  [, fake = ''] = await example.start('fake', { PORT: '0' }).said(/listens on (http\S+)$/);
  const config = JSON.parse(
    readFileSync(join(example.folder, 'providers.json'), 'utf8').replaceAll('http://127.0.0.1:4010', fake),
  );
  const quick = { ...config, cacheTtlMs: TTL_MS, breaker: { failures: 2, halfOpenAfterMs: HALF_OPEN_MS } };
  writeFileSync(join(example.folder, 'quick.json'), JSON.stringify(quick));
  // One with a cache of its own; two that share one.
  const env: Record<string, string> = { PORT: '0', GATEWAY_CONFIG: 'quick.json', ...KEYS };
  const shared = { ...env, REDIS_URL: redis.url };
  gateways = [env, shared, shared].map((each) => example.start('start', each));
  clients = await Promise.all(gateways.map(connected));
}, INSTALL_LIMIT_MS);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await example.remove();
  await redis.stop();
});

/** Each test has its own prompts, as answers are kept; and circuits that are closed, as nobody has failed for long. */
afterEach(async () => {
  await Promise.all(NAMES.map((name) => behave(name, {})));
});

async function connected(gateway: RunningScript): Promise<Client> {
  const [, url = ''] = await gateway.said(/(http:\/\/127\.0\.0\.1:\d+\/mcp)/);
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
  // So that the client checks results against the schema.
  await client.listTools();
  return client;
}

const behave = (name: string, behaviour: object) =>
  fetch(`${fake}/${name}/behaviour`, { method: 'POST', body: JSON.stringify(behaviour) });
const seen = async (name: string) =>
  (await (await fetch(`${fake}/${name}/seen`)).json()) as { requests: number; aborted: number };
const calling = (args: Record<string, unknown>, client = clients[0]) =>
  client?.callTool({ name: 'query_models', arguments: args }) as unknown as Promise<Result>;
const query = async (args: Record<string, unknown>, client = clients[0]) =>
  (await calling(args, client)).structuredContent;
const outcomes = ({ attempts }: Answered) =>
  Object.fromEntries(attempts.map(({ provider, outcome }) => [provider, outcome]));
/** Answers of all providers, so that no circuit stays open. */
const recovered = () =>
  eventually(async () => {
    await Promise.all(NAMES.map((name) => behave(name, { latencyMs: 0 })));
    const [resource] = (await clients[0]?.readResource({ uri: 'gateway://providers' }))?.contents ?? [];
    for (const name of NAMES) await query({ prompt: 'recover', providers: [name], fresh: true });
    expect(resource).toBeDefined();
  });

describe('failover', () => {
  test('asks the first in the list, and the next where it fails, and says so as it goes', async () => {
    const first = await query({ prompt: 'one' });
    expect(first).toMatchObject({ provider: 'large', answer: 'large-1 says: one', cached: false });
    expect(first.costUsd).toBeGreaterThan(0);
    await behave('large', { status: 503 });
    await behave('medium', { status: 401 });
    const messages: (string | undefined)[] = [];
    const next = await clients[0]?.callTool({ name: 'query_models', arguments: { prompt: 'two' } }, undefined, {
      onprogress: ({ message }) => void messages.push(message),
    });
    expect(next?.structuredContent).toMatchObject({ provider: 'small', answer: 'small-1 says: two' });
    expect(messages).toEqual(['large: It answered 503', 'medium: It answered 401', 'small: answered']);
  });

  test('says what each has answered where none has', async () => {
    await Promise.all(NAMES.map((name) => behave(name, { status: 400 })));
    const { isError, content } = await calling({ prompt: 'three' });
    expect(isError).toBe(true);
    for (const name of NAMES) expect(content[0].text).toContain(`${name}: failed (It refused the question with 400)`);
  });

  test('gives up at its time limit, and the provider hears of it', async () => {
    await behave('large', { latencyMs: NEVER_MS });
    const { aborted } = await seen('large');
    const { isError, content } = await calling({ prompt: 'four', providers: ['large'], timeLimitMs: 100 });
    expect([isError, content[0].text]).toEqual([true, expect.stringContaining('100 ms is over')]);
    await eventually(async () => expect((await seen('large')).aborted).toBe(aborted + 1));
  });
});

test('fastest gives the first answer, and the requests to the others are aborted', async () => {
  await behave('large', { latencyMs: NEVER_MS });
  await behave('medium', { latencyMs: NEVER_MS });
  const before = await seen('large');
  const answered = await query({ prompt: 'quick', strategy: 'fastest' });
  expect(answered).toMatchObject({ provider: 'small', answer: 'small-1 says: quick' });
  expect(outcomes(answered)).toEqual({ large: 'aborted', medium: 'aborted', small: 'answered' });
  await eventually(async () =>
    expect(await seen('large')).toEqual({ requests: before.requests + 1, aborted: before.aborted + 1 }),
  );
});

describe('consensus', () => {
  test('gives what most of them say, without waiting for the last', async () => {
    await behave('large', { answer: 'Paris.' });
    await behave('medium', { latencyMs: NEVER_MS });
    await behave('small', { answer: ' paris' });
    const answered = await query({ prompt: 'capital?', strategy: 'consensus' });
    expect(answered.answer.trim().toLowerCase()).toMatch(/^paris\.?$/);
    expect(answered.agreement).toEqual({ agree: 2, asked: 3 });
    expect(outcomes(answered)).toMatchObject({ medium: 'aborted' });
  });

  test('is none where all say something else', async () => {
    const { isError, content } = await calling({ prompt: 'opinion?', strategy: 'consensus' });
    expect([isError, content[0].text]).toEqual([true, expect.stringContaining('No answer (consensus)')]);
  });
});

describe('cost', () => {
  test('has the cheapest asked first', async () => {
    expect(await query({ prompt: 'cheap', order: 'cheapest' })).toMatchObject({ provider: 'small' });
    await behave('small', { status: 500 });
    expect(await query({ prompt: 'next cheapest', order: 'cheapest' })).toMatchObject({ provider: 'medium' });
  });

  test('leaves out whoever may cost more than the budget', async () => {
    const answered = await query({ prompt: 'budget', maxTokens: 1000, maxCostUsd: 0.005 });
    expect(answered.provider).toBe('medium');
    expect(outcomes(answered)).toEqual({ large: 'over budget', medium: 'answered' });
    expect((await calling({ prompt: 'budget', maxCostUsd: 0.0000001 })).isError).toBe(true);
  });
});

describe.each([
  ['in memory', 0, 0],
  ['in Redis, for all processes', 1, 2],
])('the cache %s', (_where, one, other) => {
  test('answers the same question again, until its time is over, unless it is asked afresh', async () => {
    const question = { prompt: `again ${one}`, providers: ['large'] };
    const { requests } = await seen('large');
    expect(await query(question, clients[one])).toMatchObject({ cached: false });
    const again = await query(question, clients[other]);
    expect(again).toMatchObject({ cached: true, costUsd: 0, answer: `large-1 says: again ${one}`, provider: 'large' });
    expect((await seen('large')).requests).toBe(requests + 1);
    expect(await query({ ...question, maxTokens: 7 }, clients[other])).toMatchObject({ cached: false });
    expect(await query({ ...question, fresh: true }, clients[other])).toMatchObject({ cached: false });
    await eventually(async () => expect(await query(question, clients[one])).toMatchObject({ cached: false }));
  });
});

test('a Redis that is away is a cache without answers', async () => {
  await redis.kill();
  try {
    const question = { prompt: 'without Redis', providers: ['small'] };
    // Its sessions are in that Redis too: the handler is asked of the one whose cache alone is there.
    const env = { PORT: '0', GATEWAY_CONFIG: 'quick.json', USE_REDIS: 'false', REDIS_URL: redis.url, ...KEYS };
    const client = await connected(example.start('start', env));
    for (let time = 0; time < 2; time += 1)
      expect(await query(question, client)).toMatchObject({ cached: false, answer: 'small-1 says: without Redis' });
    await client.close();
  } finally {
    await redis.restart();
  }
});

test('the circuit breaker opens after failures in a row, spares the provider, and closes when it answers again', async () => {
  const circuit = async () => {
    const { contents = [] } = (await clients[0]?.readResource({ uri: 'gateway://providers' })) ?? {};
    const list = JSON.parse((contents[0] as { text: string }).text) as { name: string; circuit: string }[];
    return list.find(({ name }) => name === 'large')?.circuit;
  };
  await recovered();
  await behave('large', { status: 500 });
  for (const prompt of ['broken 1', 'broken 2']) expect((await query({ prompt })).provider).toBe('medium');
  expect(await circuit()).toBe('open');
  const { requests } = await seen('large');
  const spared = await query({ prompt: 'broken 3' });
  expect(outcomes(spared)).toEqual({ large: 'circuit open', medium: 'answered' });
  expect((await seen('large')).requests).toBe(requests);
  // Its one question fails: it is open again at once. Then one is answered.
  await eventually(async () =>
    expect(outcomes(await query({ prompt: 'half open', fresh: true }))).toMatchObject({ large: 'failed' }),
  );
  expect(await circuit()).toBe('open');
  await behave('large', {});
  await eventually(async () => expect((await query({ prompt: 'whole', fresh: true })).provider).toBe('large'));
  expect(await circuit()).toBe('closed');
});

test('a call that its client cancels is aborted at the provider', async () => {
  await recovered();
  await behave('large', { latencyMs: NEVER_MS });
  const before = await seen('large');
  const cancel = new AbortController();
  const call = clients[0]?.callTool({ name: 'query_models', arguments: { prompt: 'cancelled' } }, undefined, {
    signal: cancel.signal,
  });
  await eventually(async () => expect((await seen('large')).requests).toBe(before.requests + 1));
  cancel.abort();
  await expect(call).rejects.toThrow();
  await eventually(async () => expect((await seen('large')).aborted).toBe(before.aborted + 1));
});

describe('keys', () => {
  test('are in no answer and in no log, even where a provider repeats them', async () => {
    await Promise.all(NAMES.map((name) => behave(name, { status: 429 })));
    const refused = await (
      await fetch(`${fake}/large/v1/chat/completions`, {
        method: 'POST',
        headers: { Authorization: 'Bearer key-of-large' },
        body: '{"messages":[]}',
      })
    ).text();
    expect(refused).toContain('key-of-large');
    const failed = JSON.stringify(await calling({ prompt: 'secret' }));
    expect(failed).toContain('It answered 429');
    const said = [failed, ...gateways.flatMap(({ lines }) => lines)].join('\n');
    for (const key of Object.values(KEYS)) expect(said).not.toContain(key);
  });

  test('have to be in the variables that the file names, and are refused in the file', async () => {
    const lacking = example.start('start', { PORT: '0', LARGE_API_KEY: 'a' });
    await lacking.said(/Set MEDIUM_API_KEY, SMALL_API_KEY/);
    const written = readFileSync(join(example.folder, 'providers.json'), 'utf8').replace(
      '"model"',
      '"key": "sk-1", "model"',
    );
    writeFileSync(join(example.folder, 'written.json'), written);
    const refusing = example.start('start', { PORT: '0', GATEWAY_CONFIG: 'written.json', ...KEYS });
    await refusing.said(/Unrecognized key/);
    expect(refusing.lines.join('\n')).not.toContain('sk-1');
  });
});

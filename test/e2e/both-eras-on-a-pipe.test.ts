import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { META } from '../../src/rpc/era.js';
import { envelope, MODERN } from '../helpers/modern.js';
import type { Answer } from '../helpers/rpc.js';
import { callOf, request } from '../helpers/rpc.js';
import { startCli } from '../helpers/run-cli.js';

const INITIALIZE = request(
  'initialize',
  { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
  'greeting',
);
const STATS = 'calculator://stats';
const ADD = { a: 1, b: 2, op: 'add' };

type Line = Answer & { method?: string; params?: Record<string, unknown> };

/** A process that reads lines, and what it answers, one after the other. */
function startPipe() {
  const child = startCli(['stdio']);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines.next()).value)) as Line;
  const send = (...messages: unknown[]) =>
    void child.stdin.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  return {
    send,
    next,
    ask: (message: unknown) => {
      send(message);
      return next();
    },
    async end() {
      const exited = once(child, 'exit');
      child.stdin.end();
      return ((await exited) as [number])[0];
    },
  };
}

const modern = (method: string, params: Record<string, unknown> = {}, id: string | number = method) =>
  request(method, { ...params, _meta: envelope() }, id);
const call = (name: string, args: Record<string, unknown> = {}, id = name) =>
  modern('tools/call', { name, arguments: args }, id);

describe('a pipe', () => {
  let pipe: ReturnType<typeof startPipe>;
  afterEach(async () => expect(await pipe.end()).toBe(0));

  test('serves a client that probes for the newest revision first and then greets, and goes on in both', async () => {
    pipe = startPipe();
    expect((await pipe.ask(modern('server/discover'))).result.supportedVersions).toEqual([MODERN]);
    expect((await pipe.ask(INITIALIZE)).result.protocolVersion).toBe('2025-11-25');
    pipe.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    expect((await pipe.ask(callOf('calculate', ADD, 1))).result).not.toHaveProperty('resultType');
    expect((await pipe.ask(call('calculate', ADD))).result.resultType).toBe('complete');
    expect((await pipe.ask(request('ping', {}, 0))).id).toBe(0);
  });

  test('names to a probe without an envelope what is missing, and serves the greeting that follows', async () => {
    pipe = startPipe();
    const { id, error } = await pipe.ask(request('server/discover', undefined, 'probe-1'));
    expect({ id, code: error?.code }).toEqual({ id: 'probe-1', code: -32602 });
    expect(error?.message).toContain(META.protocolVersion);
    expect(error?.message).toContain(META.clientCapabilities);
    expect((await pipe.ask(INITIALIZE)).result.serverInfo.name).toBe('mcp-calc');
  });

  test.each([
    ['an unknown request', request('some/thing', {}, 1), -32601],
    ['an unknown one of the newest revision', modern('some/thing', {}, 1), -32601],
    [
      'one of a revision to come',
      request('tools/list', { _meta: { ...envelope(), [META.protocolVersion]: '2099-01-01' } }, 1),
      -32022,
    ],
  ])('does not end with %s that comes first', async (_what, first, code) => {
    pipe = startPipe();
    expect((await pipe.ask(first)).error?.code).toBe(code);
    expect((await pipe.ask(INITIALIZE)).result).toBeDefined();
  });

  test('keeps a history for whoever opens one, and none for itself', async () => {
    pipe = startPipe();
    const tools = (await pipe.ask(modern('tools/list'))).result.tools as { name: string; description: string }[];
    const opening = tools.find(({ name }) => name === 'open_history');
    expect(opening?.description).toContain('until this server ends');
    const { historyId } = (await pipe.ask(call('open_history'))).result.structuredContent as { historyId: string };
    await pipe.ask(call('calculate', ADD));
    await pipe.ask(call('calculate', { ...ADD, historyId }));
    expect((await pipe.ask(call('history_summary', { historyId }))).result.structuredContent.total).toBe(1);
    expect((await pipe.ask(call('history_summary'))).result.structuredContent.total).toBe(0);
    expect((await pipe.ask(modern('resources/read', { uri: 'calculator://history' }))).error?.code).toBe(-32602);
    // The session of the legacy era, on the same pipe, has its own.
    await pipe.ask(INITIALIZE);
    await pipe.ask(callOf('calculate', ADD, 1));
    expect((await pipe.ask(callOf('history_summary', {}, 2))).result.structuredContent.total).toBe(1);
  });

  test('tells who subscribed in the legacy era of what the modern era changes, and a listener of the reverse', async () => {
    pipe = startPipe();
    await pipe.ask(INITIALIZE);
    await pipe.ask(request('resources/subscribe', { uri: STATS }, 'subscribe'));
    pipe.send(call('calculate', ADD));
    const told = [await pipe.next(), await pipe.next()];
    expect(told.map(({ id, method }) => id ?? method).sort()).toEqual(['calculate', 'notifications/resources/updated']);
    await pipe.ask(request('resources/unsubscribe', { uri: STATS }, 'unsubscribe'));
    pipe.send(modern('subscriptions/listen', { notifications: { resourceSubscriptions: [STATS] } }, 'l'));
    // What was put off may be told after the acknowledgement.
    expect((await pipe.next()).method).toBe('notifications/subscriptions/acknowledged');
    pipe.send(callOf('calculate', ADD, 'own'));
    const both = [await pipe.next(), await pipe.next()];
    expect(both.map(({ id, params }) => id ?? params?.uri).sort()).toEqual([STATS, 'own']);
    pipe.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'l' } });
    expect((await pipe.ask(request('ping', {}, 'p'))).id).toBe('p');
  });
});

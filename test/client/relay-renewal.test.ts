import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { endAll, ending, greets, host, json, odd, result, serve } from './odd-server.js';
import type { Asked } from './odd-server.js';
import type { Piped } from './piped.js';

afterEach(endAll);

/** A server that numbers its sessions, and forgets one when it is told so. */
async function forgetful(answer: (asked: Asked, res: ServerResponse) => unknown) {
  let session = 1;
  const { piped, asked } = await odd((request, res) => {
    const { http, method, headers } = request;
    if (http === 'POST' && method !== 'initialize' && headers['mcp-session-id'] !== String(session))
      return res.writeHead(404).end();
    return (http !== 'GET' && greets(request, res, { 'Mcp-Session-Id': String(session) })) || void answer(request, res);
  });
  const forget = () => {
    session += 1;
  };
  /** What of the host's, or made again for it, came in the session of this number. */
  const askedIn = (number: number, ...methods: string[]) =>
    asked.filter(
      ({ method, headers }) => headers['mcp-session-id'] === String(number) && methods.includes(String(method)),
    );
  return { piped, asked, forget, askedIn };
}

const uriOf = ({ params }: Asked) => params?.uri;
const answers = ({ http, id }: Asked, res: ServerResponse): unknown =>
  http === 'GET' ? res.writeHead(405).end() : json(res, result(id));

describe('a session that is opened anew', () => {
  test('has the log level and the subscriptions of the one before, and the host hears of none of it', async () => {
    const { piped, forget, askedIn } = await forgetful(answers);
    await piped.greet();
    await piped.ask('logging/setLevel', { level: 'warning' });
    await piped.ask('logging/setLevel', { level: 'debug' });
    for (const uri of ['a://1', 'a://2', 'a://3']) await piped.ask('resources/subscribe', { uri });
    await piped.ask('resources/unsubscribe', { uri: 'a://2' });
    for (const session of [2, 3]) {
      forget();
      expect((await piped.ask('tools/list')).result).toEqual({});
      expect(askedIn(session, 'logging/setLevel').map(({ params }) => params)).toEqual([{ level: 'debug' }]);
      expect(askedIn(session, 'resources/subscribe').map(uriOf)).toEqual(['a://1', 'a://3']);
      // What the host asks next is answered by a server that knows.
      const [last] = askedIn(session, 'logging/setLevel', 'resources/subscribe', 'tools/list').slice(-1);
      expect(last?.method).toBe('tools/list');
    }
    await piped.end();
    expect(piped.heard.filter(({ id }) => typeof id !== 'number')).toEqual([]);
  });

  test('is told nothing that a server has refused, nor what belongs to a greeting before', async () => {
    const { piped, forget, askedIn } = await forgetful((asked, res) =>
      asked.method === 'resources/subscribe' && uriOf(asked) === 'no://'
        ? json(res, { jsonrpc: '2.0', id: asked.id, error: { code: -32602, message: 'no' } })
        : answers(asked, res),
    );
    await piped.greet();
    await piped.ask('resources/subscribe', { uri: 'a://old' });
    await piped.greet();
    await piped.ask('resources/subscribe', { uri: 'no://' });
    await piped.ask('resources/subscribe', { uri: 'a://new' });
    forget();
    await piped.ask('tools/list');
    expect(askedIn(2, 'resources/subscribe').map(uriOf)).toEqual(['a://new']);
  });

  test('is used although its server refuses what it is told again, and a person is told', async () => {
    let refuses = false;
    const { piped, forget } = await forgetful((asked, res) =>
      refuses && asked.method === 'resources/subscribe'
        ? json(res, { jsonrpc: '2.0', id: asked.id, error: { code: -32601, message: 'Method not found' } })
        : answers(asked, res),
    );
    await piped.greet();
    await piped.ask('resources/subscribe', { uri: 'a://1' });
    refuses = true;
    forget();
    expect((await piped.ask('tools/list')).result).toEqual({});
    await eventually(() => expect(piped.stderr).toMatch(/resources\/subscribe.*Method not found/));
  });

  test('of a real server that was started anew tells its host of a resource that changes', async () => {
    const first = await serve('http');
    const piped = host('--url', `${first.origin}/mcp`);
    await piped.greet();
    await piped.ask('resources/subscribe', { uri: 'calculator://history' });
    await first.stop('SIGKILL');
    await serve('http', '--port', String(first.port));
    // The stream of what is said unasked finds the session lost, or this call does.
    await eventually(async () => expect((await piped.add(1)).result).toBeDefined(), 10_000);
    await eventually(async () => {
      await piped.add(2);
      expect(piped.heard.some(({ method }) => method === 'notifications/resources/updated')).toBe(true);
    }, 10_000);
  });
});

describe('a question of a server', () => {
  /** Asks its host once for every session, always by the same id, on the stream of a call that stays open. */
  async function asking() {
    const streams: ServerResponse[] = [];
    const heard: Asked[] = [];
    const served = await forgetful((asked, res) => {
      if (asked.method === undefined && asked.id !== undefined) {
        heard.push(asked);
        return res.writeHead(202).end();
      }
      if (asked.method !== 'ask') return answers(asked, res);
      streams.push(res.writeHead(200, { 'Content-Type': 'text/event-stream' }));
      res.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'roots/list' })}\n\n`);
      return undefined;
    });
    ending.push(() => streams.forEach((stream) => stream.destroy()));
    const questions = (piped: Piped) => piped.heard.filter(({ method }) => method === 'roots/list');
    return { ...served, heard, questions };
  }

  test('whose session is lost is taken back, and a late answer to it is no answer to one of the new session', async () => {
    const { piped, forget, heard, questions } = await asking();
    await piped.greet();
    piped.send({ id: 'first', method: 'ask' });
    await eventually(() => expect(questions(piped)).toHaveLength(1));
    const old = questions(piped)[0]?.id;
    forget();
    piped.send({ id: 'second', method: 'ask' });
    await eventually(() => expect(questions(piped)).toHaveLength(2));
    const recent = questions(piped)[1]?.id;
    expect(piped.heard).toContainEqual(
      expect.objectContaining({
        method: 'notifications/cancelled',
        params: expect.objectContaining({ requestId: old }),
      }),
    );
    expect(recent).not.toBe(old);
    piped.send({ id: old, result: { roots: [{ uri: 'file:///old' }] } });
    piped.send({ id: recent, result: { roots: [{ uri: 'file:///new' }] } });
    await eventually(() => expect(heard.length).toBeGreaterThan(0));
    await piped.ask('tools/list');
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ id: 0, result: { roots: [{ uri: 'file:///new' }] } });
    expect(heard[0]?.headers['mcp-session-id']).toBe('2');
  });

  test('that is withdrawn is so under the name that its host knows', async () => {
    const streams: ServerResponse[] = [];
    const { piped, forget } = await forgetful((asked, res) => {
      if (asked.method !== 'ask') return answers(asked, res);
      streams.push(res.writeHead(200, { 'Content-Type': 'text/event-stream' }));
      res.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'roots/list' })}\n\n`);
      const params = { requestId: 0 };
      res.write(`data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params })}\n\n`);
      res.end(`data: ${JSON.stringify(result(asked.id))}\n\n`);
    });
    await piped.greet();
    for (let round = 0; round < 2; round += 1) {
      await piped.ask('ask');
      const asked = piped.heard.filter(({ method }) => method === 'roots/list').at(-1);
      const taken = piped.heard.filter(({ method }) => method === 'notifications/cancelled').at(-1);
      expect(taken?.params).toEqual({ requestId: asked?.id });
      forget();
    }
  });
});

describe('a server of the older transport that speaks at once', () => {
  const told = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
  const event = (name: string, data: string) => `event: ${name}\ndata: ${data}\n\n`;
  test.each([
    ['before', [event('message', JSON.stringify(told)), event('endpoint', '/messages')]],
    ['right after', [event('endpoint', '/messages'), event('message', JSON.stringify(told))]],
  ])('%s it names its endpoint is served all the same', async (_when, events) => {
    let stream: ServerResponse | undefined;
    const { url } = await odd((asked, res) => {
      if (asked.http === 'GET') {
        stream = res.writeHead(200, { 'Content-Type': 'text/event-stream' });
        return stream.write(events.join(''));
      }
      res.writeHead(202).end();
      const answer = asked.method === 'initialize' ? { protocolVersion: '2025-11-25', capabilities: {} } : {};
      return asked.id === undefined || stream?.write(event('message', JSON.stringify(result(asked.id, answer))));
    });
    const piped = host('--url', `${url}/sse`, '--transport', 'sse');
    expect((await piped.greet()).result).toBeDefined();
    expect((await piped.ask('tools/list')).result).toEqual({});
    expect(piped.heard).toContainEqual(told);
    expect(await piped.end()).toBe(0);
    expect(piped.stderr).toBe('');
  });
});

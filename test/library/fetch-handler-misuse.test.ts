import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FetchContext, FetchHandlerOptions, Storage } from '../../src/fetch.js';
import { createFetchHandler, defineCatalog, defineTool } from '../../src/fetch.js';
import { silentLogger } from '../../src/log.js';
import { openMemoryStorage } from '../../src/sessions/memory/index.js';
import { eventually } from '../helpers/eventually.js';
import { callOf, request } from '../helpers/rpc.js';
import { addCatalog } from './add-catalog.js';

const URL_ = 'https://edge.example/mcp';
const open = (options: FetchHandlerOptions = {}, events: string[] = []) =>
  createFetchHandler(addCatalog(events), { logger: silentLogger, ...options });

function posted(body: unknown, headers: Record<string, string> = {}, more: object = {}): Request {
  const given = body instanceof ReadableStream ? body : JSON.stringify(body);
  const head = { 'Content-Type': 'application/json', ...headers };
  return new Request(URL_, { method: 'POST', headers: head, body: given, ...more });
}

describe('a fetch handler', () => {
  test.each<[string, FetchContext]>([
    [
      'throws',
      {
        waitUntil() {
          throw new TypeError('Illegal invocation');
        },
      },
    ],
    ['is not a function', { waitUntil: true } as never],
  ])('answers where waitUntil %s', async (_how, context) => {
    expect((await open()(posted(callOf('add', { a: 1, b: 2 })), context)).status).toBe(200);
  });

  test('lets go of a body that never ends when its request is aborted', async () => {
    let cancelled = false;
    const body = new ReadableStream({
      pull: () => new Promise(() => undefined),
      cancel: () => void (cancelled = true),
    });
    const hangUp = new AbortController();
    const kept: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>) => void kept.push(work);
    const answering = open()(posted(body, {}, { duplex: 'half', signal: hangUp.signal }), { waitUntil });
    hangUp.abort();
    expect((await answering).status).toBe(499);
    await kept[0];
    expect(cancelled).toBe(true);
  });

  test('ends the stream of a request that is aborted, without an error that its platform would log', async () => {
    const hangUp = new AbortController();
    const answer = await open()(posted(callOf('wait'), {}, { signal: hangUp.signal }));
    hangUp.abort();
    expect(await answer.text()).not.toContain('"result"');
  });

  test('calls no tool for a request that was aborted before it came', async () => {
    const events: string[] = [];
    const kept: Promise<unknown>[] = [];
    const request_ = posted(callOf('wait'), {}, { signal: AbortSignal.abort() });
    const answer = await open({}, events)(request_, { waitUntil: (work) => void kept.push(work) });
    await kept[0];
    expect([answer.status, events]).toEqual([499, []]);
  });

  test('answers whatever a tool throws, and whatever its logger does', async () => {
    const console_ = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const throws = defineTool({
      name: 'throws',
      title: 'Throws',
      description: 'Throws what cannot be looked at.',
      inputSchema: { type: 'object' },
      handler: () => {
        const fail = () => {
          throw new Error('from an accessor');
        };
        throw Object.defineProperty(new Error(), 'message', { get: fail });
      },
    });
    const fails = () => {
      throw new Error('the disk is full');
    };
    const logger = { debug: fails, info: fails, warn: fails, error: fails, child: () => logger };
    for (const options of [{}, { logger }]) {
      const answer = await createFetchHandler(defineCatalog({ tools: [throws] }), options)(posted(callOf('throws')));
      expect(await answer.json()).toMatchObject({ error: { code: -32603, message: 'Internal error' } });
    }
    console_.mockRestore();
  });
});

describe('the storage of an author', () => {
  const closing: Storage[] = [];
  afterEach(async () => {
    for (const each of closing.splice(0)) await each.close();
  });

  test.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('not even a promise');
      },
    ],
    ['gives nothing', () => undefined as never],
  ])('ends no process where its renewal of a session %s beside an open stream', async (_how, renew) => {
    const storage = openMemoryStorage({ ttlMs: 60_000, historyLimit: 5, maxSessions: 10 });
    closing.push(storage);
    let renewals = 0;
    storage.sessions.renew = () => {
      renewals += 1;
      return renew();
    };
    const uncaught: unknown[] = [];
    const note = (error: unknown) => void uncaught.push(error);
    process.on('uncaughtException', note).on('unhandledRejection', note);
    try {
      const handler = open({ storage, keepAliveMs: 5, sessionTtlMs: 15 });
      const initialize = request('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'test', version: '1' },
      });
      const opened = await handler(posted(initialize));
      const session = { 'Mcp-Session-Id': String(opened.headers.get('mcp-session-id')) };
      const stream = await handler(new Request(URL_, { headers: { ...session, Accept: 'text/event-stream' } }));
      await eventually(() => expect(renewals).toBeGreaterThan(0));
      await stream.body?.cancel();
      expect(uncaught).toEqual([]);
    } finally {
      process.off('uncaughtException', note).off('unhandledRejection', note);
    }
  });
});

import { Client as NewerClient, StreamableHTTPClientTransport as NewerTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { InstalledExample, ListeningScript } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';
import { listen } from '../helpers/listen.js';
import { envelope, post } from '../helpers/modern.js';
import { runCli } from '../helpers/run-cli.js';
import { taskClient } from '../helpers/task-client.js';

const PERSON = { action: 'accept' as const, content: { name: 'Ada' } };
const MODEL = {
  role: 'assistant' as const,
  model: 'model of the test',
  content: { type: 'text' as const, text: 'a haiku' },
};
const ROOTS = { roots: [{ uri: 'file:///home', name: 'home' }] };
const CAPABILITIES = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

/** What each of these tools answers, in whichever era, to who is the person, the model and the folders above. */
const ANSWERS: Readonly<Record<string, string | RegExp>> = {
  ask_form: /"accept"/,
  ask_url: 'The address was answered with accept',
  ask_model: 'model of the test says: a haiku',
  ask_roots: 'home: file:///home',
  ask_at_once: 'Ada, a haiku, 1 folders',
  ask_twice: /^Ada Ada, number \d+$/,
  ask_if_possible: 'The answer was accept',
  schema_zod: '{"name":"world","times":1}',
  progress: '5 steps',
  log: '8 messages',
};

/** The two SDKs' clients agree on these. */
interface AnyClient {
  listTools(params?: { cursor: string }): Promise<{ tools: { name: string }[]; nextCursor?: string | undefined }>;
  listResources(params?: { cursor: string }): Promise<{ resources: object[]; nextCursor?: string | undefined }>;
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<unknown>;
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<unknown>;
  readResource(params: { uri: string }): Promise<unknown>;
  close(): Promise<void>;
}

let installed: InstalledExample;
let example: ListeningScript;
beforeAll(async () => {
  installed = await installExample('everything');
  example = await installed.listen(['start', '--', '--port', '0']);
}, INSTALL_LIMIT_MS + 30_000);
afterAll(async () => {
  await example.stop();
  await installed.remove();
});

async function older(): Promise<{ client: Client; told: string[] }> {
  const told: string[] = [];
  const client = new Client({ name: 'older', version: '1' }, { capabilities: CAPABILITIES });
  client.setRequestHandler(ElicitRequestSchema, () => PERSON);
  client.setRequestHandler(CreateMessageRequestSchema, () => MODEL);
  client.setRequestHandler(ListRootsRequestSchema, () => ROOTS);
  for (const schema of [
    LoggingMessageNotificationSchema,
    ResourceUpdatedNotificationSchema,
    ResourceListChangedNotificationSchema,
  ])
    client.setNotificationHandler(schema, ({ method, params }) => {
      told.push(params && 'level' in params ? params.level : method);
    });
  await client.connect(new StreamableHTTPClientTransport(example.url) as Transport);
  return { client, told };
}

async function newer(pin?: string): Promise<NewerClient> {
  const client = new NewerClient(
    { name: 'newer', version: '1' },
    { capabilities: CAPABILITIES, ...(pin !== undefined && { versionNegotiation: { mode: { pin } } }) },
  );
  client.setRequestHandler('elicitation/create', () => PERSON);
  client.setRequestHandler('sampling/createMessage', () => MODEL);
  client.setRequestHandler('roots/list', () => ROOTS);
  await client.connect(new NewerTransport(example.url));
  return client;
}

/** Turns the pages of a list. */
async function all<T>(
  page: (params?: { cursor: string }) => Promise<{ items: T[]; nextCursor?: string | undefined }>,
): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor === undefined ? undefined : { cursor });
    pages.push(items);
    cursor = nextCursor;
  } while (cursor !== undefined && pages.length < 50);
  return pages;
}

async function walk(client: AnyClient): Promise<void> {
  const tools = await all(async (params) => {
    const { tools: items, nextCursor } = await client.listTools(params);
    return { items, nextCursor };
  });
  // Clients of the newer SDK turn the pages themselves.
  expect(tools.flat().length).toBeGreaterThan(40);
  const resources = await all(async (params) => {
    const { resources: items, nextCursor } = await client.listResources(params);
    return { items, nextCursor };
  });
  expect(resources.flat().length).toBeGreaterThan(120);
  for (const [name, words] of Object.entries(ANSWERS)) {
    const text = typeof words === 'string' ? words : (expect.stringMatching(words) as string);
    expect(await client.callTool({ name, arguments: {} })).toMatchObject({ content: [{ text }] });
  }
  expect(await client.callTool({ name: 'content_mixed' })).toMatchObject({
    content: ['text', 'image', 'audio', 'resource_link', 'resource', 'resource', 'text'].map((type) => ({ type })),
  });
  expect(await client.callTool({ name: 'content_structured' })).toMatchObject({ structuredContent: { city: 'Paris' } });
  expect(await client.callTool({ name: 'fail' })).toMatchObject({ isError: true });
  for (const [name, code] of [
    ['crash', -32_603],
    ['crash_output', -32_603],
    ['error_32602', -32_602],
    ['error_1001', 1_001],
  ] as const)
    await expect(client.callTool({ name })).rejects.toMatchObject({ code });
  expect(await client.getPrompt({ name: 'arguments', arguments: { meal: 'dinner' } })).toMatchObject({
    messages: [{ content: { text: 'Cook something for dinner.' } }],
  });
  expect(await client.getPrompt({ name: 'asking' })).toMatchObject({ messages: [{ content: { type: 'text' } }] });
  expect(await client.readResource({ uri: 'everything://parts' })).toMatchObject({ contents: [{}, {}] });
  expect(await client.readResource({ uri: 'greeting://fr' })).toMatchObject({ contents: [{ text: 'Bonjour Ada' }] });
}

describe('examples/everything', () => {
  test('is walked through by a client of the SDK 1.x', async () => {
    const { client, told } = await older();
    await walk(client);
    told.length = 0;
    await client.callTool({ name: 'log' });
    expect(told).toEqual(['info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']);
    await client.subscribeResource({ uri: 'everything://counter' });
    await client.callTool({ name: 'change_resource' });
    await client.callTool({ name: 'add_note', arguments: { name: 'older' } });
    await eventually(() =>
      expect(told).toEqual(
        expect.arrayContaining(['notifications/resources/updated', 'notifications/resources/list_changed']),
      ),
    );
    expect(await client.callTool({ name: 'close_stream' })).toMatchObject({ content: [{ text: 'You came back' }] });
    const ref = { type: 'ref/resource' as const, uri: 'city://{country}/{city}' };
    const argument = { name: 'city', value: '' };
    expect(await client.complete({ ref, argument, context: { arguments: { country: 'Italy' } } })).toMatchObject({
      completion: { values: ['Rome', 'Milan'] },
    });
    await client.close();
  });

  test.each([
    ['modern', '2026-07-28'],
    ['legacy', undefined],
  ])('is walked through by a client of the SDK 2.x in the %s era', async (_era, pin) => {
    const client = await newer(pin);
    await walk(client as unknown as AnyClient);
    await client.close();
  });

  test('tells listeners of the modern era of changes', async () => {
    const { href } = example.url;
    const listening = await listen(
      href,
      { resourcesListChanged: true, resourceSubscriptions: ['everything://counter'] },
      envelope(),
    );
    await post(href, 'tools/call', { name: 'change_resource' });
    await post(href, 'tools/call', { name: 'add_note', arguments: { name: 'modern' } });
    await eventually(() =>
      expect(listening.heard.map(({ method }) => method)).toEqual(
        expect.arrayContaining(['notifications/resources/updated', 'notifications/resources/list_changed']),
      ),
    );
    listening.close();
  });

  test('makes tasks of what takes long, and must be one, for clients that know them', async () => {
    const client = taskClient(example.url.href);
    const { taskId } = await client.begin('work');
    const asking = await client.begin('work_as_task');
    const { inputRequests = {} } = await client.until(asking.taskId, ['input_required']);
    const answers = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, PERSON]));
    await client.answer(asking.taskId, answers);
    expect(await client.end(asking.taskId)).toMatchObject({ result: { content: [{ text: 'Done for Ada' }] } });
    expect(await client.end(taskId)).toMatchObject({ result: { content: [{ text: 'Worked for 2 s' }] } });
  });

  test('counts what is cancelled', async () => {
    const { client } = await older();
    const cancel = new AbortController();
    const waiting = client.callTool({ name: 'wait' }, undefined, { signal: cancel.signal });
    const failed = expect(waiting).rejects.toThrow();
    // Asked after it on the same connection, this is answered while it waits.
    await client.callTool({ name: 'count_cancelled' });
    cancel.abort();
    await failed;
    await eventually(async () => {
      expect(await client.callTool({ name: 'count_cancelled' })).toMatchObject({ content: [{ text: '1' }] });
    });
    await client.close();
  });

  test.each(['legacy', 'modern'])('has nothing that smoke would warn of in the %s era', async (era) => {
    const { stdout, code } = await runCli(
      ['client', 'smoke', '--strict', '--era', era, '--json', '--url', example.url.href],
      { timeoutMs: 60_000 },
    );
    const { results } = JSON.parse(stdout) as { results: { outcome: string }[] };
    expect(results.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')).toEqual([]);
    expect(code).toBe(0);
  });

  test('is served by the library as well', async () => {
    const library = await installed.listen(['start:library'], { PORT: '0' });
    try {
      const { body } = await post(library.url.href, 'tools/call', { name: 'content_text' });
      expect(body.result).toMatchObject({ content: [{ type: 'text' }] });
    } finally {
      await library.stop();
    }
  });
});

import { Client as NewerClient, StreamableHTTPClientTransport as NewerTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InstalledExample, RunningScript } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';

let example: InstalledExample;
beforeAll(async () => void (example = await installExample('embed')), INSTALL_LIMIT_MS);
afterAll(() => example.remove());

const blocksOf = (markdown: string) => [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = '']) => code);
const JSON_TYPE = { 'Content-Type': 'application/json' };
const AS_HEADERS = (token: string) => ({ requestInit: { headers: { Authorization: `Bearer ${token}` } } });

describe.each([
  ['Express', 'start'],
  ['Fastify', 'start:fastify'],
])('the calculator in an app of %s', (name, script) => {
  let app: RunningScript;
  let origin: string;
  let mcp: URL;

  beforeAll(async () => {
    app = example.start(script, { PORT: '0' });
    [, origin = ''] = await app.said(new RegExp(`^${name} listens on (http\\S+)$`));
    mcp = new URL(`${origin}/mcp`);
  });

  const logIn = (user: string, password: string) =>
    fetch(`${origin}/login`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ user, password }) });
  const tokenOf = async (user: string, password: string) => {
    const answer = await logIn(user, password);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { token: string }).token;
  };
  async function connected(token: string): Promise<Client> {
    const client = new Client({ name: 'older', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(mcp, AS_HEADERS(token)) as Transport);
    return client;
  }

  test('leaves its own routes and its own login as they are', async () => {
    expect(await (await fetch(origin)).text()).toBe('An app of yours');
    expect((await logIn('ada', 'babbage')).status).toBe(401);
    expect((await logIn('nobody', 'lovelace')).status).toBe(401);
    const headers = { Authorization: `Bearer ${await tokenOf('bob', 'builder')}` };
    expect(await (await fetch(`${origin}/me`, { headers })).json()).toEqual({ user: 'bob' });
    expect((await fetch(`${origin}/me`)).status).toBe(401);
  });

  test('serves a client of the SDK 1.x, whose user it sees, with a session', async () => {
    const client = await connected(await tokenOf('ada', 'lovelace'));
    expect((await client.callTool({ name: 'who_am_i' })).structuredContent).toEqual({ user: 'ada', role: 'admin' });
    const product = await client.callTool({ name: 'calculate', arguments: { a: 6, b: 7, op: 'multiply' } });
    expect(product.structuredContent).toMatchObject({ value: 42 });
    const { contents } = await client.readResource({ uri: 'calculator://history' });
    expect(JSON.stringify(contents)).toContain('42');
    await client.close();
  });

  test('serves a client of the SDK 2.x in the modern era, and keeps the histories of users apart', async () => {
    const histories: string[] = [];
    for (const [user, password] of [
      ['bob', 'builder'],
      ['ada', 'lovelace'],
    ] as const) {
      const client = new NewerClient({ name: 'newer', version: '1' }, { versionNegotiation: { mode: 'auto' } });
      await client.connect(new NewerTransport(mcp, AS_HEADERS(await tokenOf(user, password))));
      expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
      expect((await client.callTool({ name: 'who_am_i' })).structuredContent).toMatchObject({ user });
      if (user === 'bob') await client.callTool({ name: 'calculate', arguments: { a: 1000, b: 234, op: 'add' } });
      histories.push(JSON.stringify((await client.readResource({ uri: 'calculator://history' })).contents));
      await client.close();
    }
    expect(histories[0]).toContain('1234');
    expect(histories[1]).not.toContain('1234');
  });

  test('refuses who is not logged in with a body that says how to log in', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    for (const headers of [JSON_TYPE, { ...JSON_TYPE, Authorization: 'Bearer forged' }]) {
      const answer = await fetch(mcp, { method: 'POST', headers, body });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await answer.json()).toMatchObject({ error_description: expect.stringContaining('/login') as string });
    }
    await expect(connected('forged')).rejects.toThrow(/Log in first/);
  });

  test('parses bodies itself, and the handler takes them: what is no JSON is answered by the app', async () => {
    const headers = { ...JSON_TYPE, Authorization: `Bearer ${await tokenOf('ada', 'lovelace')}` };
    const answer = await fetch(mcp, { method: 'POST', headers, body: '{"jsonrpc":' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('-32700');
  });

  test('finishes a call in flight when it is told to stop, and ends', async () => {
    const client = await connected(await tokenOf('ada', 'lovelace'));
    let began = () => undefined as void;
    const begun = new Promise<void>((resolve) => (began = resolve));
    const call = client.callTool({ name: 'demo_progress', arguments: { steps: 4, delayMs: 150 } }, undefined, {
      onprogress: began,
    });
    await begun;
    const ended = app.stop('SIGTERM');
    expect((await call).structuredContent).toEqual({ steps: 4 });
    await ended;
    expect(app.lines.at(-1)).toBe('Stopped');
    await expect(fetch(origin)).rejects.toThrow();
    await client.close();
  });
});

test('the lines of the README log in and call', async () => {
  const app = example.start('start', { PORT: '0' });
  const [, origin = ''] = await app.said(/listens on (http\S+)$/);
  const [, lines = ''] = blocksOf(readFileSync(join(example.folder, 'README.md'), 'utf8'));
  const { stdout } = await promisify(execFile)('sh', ['-ec', lines.replaceAll('http://127.0.0.1:3000', origin)], {
    cwd: example.folder,
    timeout: 30_000,
  });
  expect(stdout).toContain('You are ada (admin)');
  expect(stdout).toContain('42');
});

import { Client as NewerClient, StreamableHTTPClientTransport as NewerTransport } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InstalledExample, ListeningScript } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';
import { envelope, post } from '../helpers/modern.js';
import { findPostgres, startPostgres } from '../helpers/postgres.js';
import { runCli } from '../helpers/run-cli.js';

const ROOT = join(import.meta.dirname, '../..');
/** Compiled where it can't be downloaded, ms. */
const COMPILE_LIMIT_MS = 600_000;

const postgres = findPostgres();
/** Where the issues are; without Postgres on this machine, its part is skipped under a name that says so. */
const STORES = ['SQLite', 'Postgres'] as const;

let installed: InstalledExample;
beforeAll(async () => {
  installed = await installExample('issue-tracker');
  await provideSqlite(join(installed.folder, 'node_modules/better-sqlite3'));
}, INSTALL_LIMIT_MS + COMPILE_LIMIT_MS);
afterAll(() => installed.remove());

/** The binary of better-sqlite3, which npm downloads or compiles; once for each version, because it may take minutes. */
async function provideSqlite(packageFolder: string): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const name = `better-sqlite3-${version}-${process.versions.modules}-${process.platform}-${process.arch}.node`;
  const kept = join(ROOT, 'node_modules/.cache', name);
  const binary = join(packageFolder, 'build/Release/better_sqlite3.node');
  if (!existsSync(kept)) {
    await promisify(execFile)('npm', ['rebuild', 'better-sqlite3'], {
      cwd: installed.folder,
      timeout: COMPILE_LIMIT_MS,
    });
    mkdirSync(dirname(kept), { recursive: true });
    cpSync(binary, kept);
  }
  mkdirSync(dirname(binary), { recursive: true });
  cpSync(kept, binary);
}

type Answer = { action: 'accept'; content: { sure: boolean } } | { action: 'decline' };
const YES: Answer = { action: 'accept', content: { sure: true } };
const NOT_SURE: Answer = { action: 'accept', content: { sure: false } };
const NO: Answer = { action: 'decline' };

interface AnyClient {
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<unknown>;
  readResource(params: { uri: string }): Promise<unknown>;
  close(): Promise<void>;
}

describe.each(STORES)('examples/issue-tracker, with %s', (store) => {
  const isHere = store === 'SQLite' || postgres !== undefined;
  const title = (words: string) => (isHere ? words : `${words} (untested: install postgresql)`);
  let example: ListeningScript;
  let database: Awaited<ReturnType<typeof startPostgres>> | undefined;
  let url: string;

  beforeAll(async () => {
    if (!isHere) return;
    if (store === 'Postgres') database = await startPostgres(String(postgres));
    example = await installed.listen(['start', '--', '--port', '0'], {
      DATABASE_URL: database?.url ?? 'issues.db',
    });
    url = example.url.href;
  }, 90_000);
  afterAll(async () => {
    if (!isHere) return;
    await example.stop();
    await database?.stop();
  });

  async function older(answer: Answer): Promise<AnyClient> {
    const client = new Client({ name: 'older', version: '1' }, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, () => answer);
    await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
    return client;
  }

  async function newer(answer: Answer): Promise<AnyClient> {
    const client = new NewerClient(
      { name: 'newer', version: '1' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    client.setRequestHandler('elicitation/create', () => answer);
    await client.connect(new NewerTransport(new URL(url)));
    return client as unknown as AnyClient;
  }

  const ERAS = [
    ['legacy', older],
    ['modern', newer],
  ] as const;

  const callModern = async (name: string, args: object, more: object = {}) => {
    const _meta = envelope({ elicitation: { form: {} } });
    const { body } = await post(url, 'tools/call', { name, arguments: args, _meta, ...more });
    return body.result as { content: { text: string }[]; structuredContent: { id: number; issues: object[] } };
  };
  const create = (name: string) => callModern('create_issue', { title: name });
  const count = async (words: string) => (await callModern('search_issues', { words })).structuredContent.issues.length;
  const deletions = async () => {
    const { body } = await post(url, 'resources/read', { uri: 'issues://deletions' });
    const [{ text }] = body.result?.contents as [{ text: string }];
    return JSON.parse(text) as { ids: number[] }[];
  };

  test.runIf(isHere).each(ERAS)(
    title('creates, finds, reads and closes an issue in the %s era'),
    async (era, connect) => {
      const client = await connect(YES);
      const created = await client.callTool({ name: 'create_issue', arguments: { title: `Door of ${era}` } });
      const { id } = (created as { structuredContent: { id: number } }).structuredContent;
      expect(created).toMatchObject({ content: [{}, { type: 'resource_link', uri: `issue://${id}` }] });
      const found = await client.callTool({ name: 'search_issues', arguments: { words: `door of ${era}` } });
      expect(found).toMatchObject({ structuredContent: { issues: [{ id, state: 'open' }] } });
      await client.callTool({ name: 'close_issue', arguments: { id } });
      const { contents } = (await client.readResource({ uri: `issue://${id}` })) as { contents: [{ text: string }] };
      expect(JSON.parse(contents[0].text)).toMatchObject({ id, state: 'closed', title: `Door of ${era}` });
      await client.close();
    },
  );

  test.runIf(isHere).each(ERAS)(
    title('deletes in the %s era what a person agrees to, and nothing else'),
    async (era, connect) => {
      const words = `old of ${era}`;
      await create(`${words} 1`);
      await create(`${words} 2`);
      for (const answer of [NO, NOT_SURE]) {
        const client = await connect(answer);
        expect(await client.callTool({ name: 'delete_issues', arguments: { words } })).toMatchObject({
          content: [{ text: 'Nothing was deleted.' }],
        });
        await client.close();
      }
      expect(await count(words)).toBe(2);
      const before = await count('');
      const client = await connect(YES);
      expect(await client.callTool({ name: 'delete_issues', arguments: { words } })).toMatchObject({
        content: [{ text: 'Deleted 2 issues.' }],
      });
      expect(await count('')).toBe(before - 2);
      await client.close();
    },
  );

  test.runIf(isHere)(title('deletes once, however often the answer comes, and only what was asked about'), async () => {
    await create('replayed 1');
    await create('replayed 2');
    const args = { words: 'replayed' };
    const asked = (await callModern('delete_issues', args)) as unknown as {
      requestState: string;
      inputRequests: Record<string, unknown>;
    };
    const [key = ''] = Object.keys(asked.inputRequests);
    await create('replayed 3, which nobody was asked about');
    const before = (await deletions()).length;
    const answer = { requestState: asked.requestState, inputResponses: { [key]: YES } };
    for (const _again of [1, 2])
      expect(await callModern('delete_issues', args, answer)).toMatchObject({
        content: [{ text: 'Deleted 2 issues.' }],
      });
    expect(await deletions()).toHaveLength(before + 1);
    expect(await count('replayed')).toBe(1);
  });

  test.runIf(isHere)(title('takes what a caller says as words, never as a statement'), async () => {
    const hostile = `'; DROP TABLE issues; --`;
    await create(hostile);
    expect(await count(hostile)).toBe(1);
    expect(await count(`' OR '1'='1`)).toBe(0);
    await create('100 % _sure_');
    expect(await count('%')).toBe(1);
    expect(await count('_')).toBe(1);
    expect(await count('\\')).toBe(0);
  });

  test.runIf(isHere)(title('deletes nothing for who can not be asked'), async () => {
    const before = await deletions();
    const params = { name: 'delete_issues', arguments: { words: 'e' }, _meta: envelope() };
    expect((await post(url, 'tools/call', params)).body.error).toMatchObject({ code: -32_021 });
    expect(await deletions()).toEqual(before);
  });

  test.runIf(isHere).each(['legacy', 'modern'])(
    title('has nothing that smoke would warn of in the %s era'),
    async (era) => {
      const { stdout, code } = await runCli(['client', 'smoke', '--strict', '--era', era, '--json', '--url', url], {
        timeoutMs: 60_000,
      });
      const { results } = JSON.parse(stdout) as { results: { outcome: string }[] };
      expect(results.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'skipped')).toEqual([]);
      expect(code).toBe(0);
    },
  );
});

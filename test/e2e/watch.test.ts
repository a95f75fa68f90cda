import { Client as NewClient, StreamableHTTPClientTransport as NewHttp } from '@modelcontextprotocol/client';
import { StdioClientTransport as NewStdio } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema, ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuthorProject } from '../helpers/author-project.js';
import { authorProject } from '../helpers/author-project.js';
import {
  ASKING,
  CATALOG,
  COMMON_JS,
  PLAIN_SDK,
  SDK1,
  SDK1_ASKING,
  SDK2,
  required,
  tool,
  words,
} from '../helpers/author-modules.js';
import { eventually } from '../helpers/eventually.js';
import { binary, runCli, startCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';

const cleanups: (() => unknown)[] = [];
afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())));

function project(files: Record<string, string>): AuthorProject {
  const made = authorProject(files);
  cleanups.push(() => made.remove());
  return made;
}

interface Connected<C> {
  readonly client: C;
  /** The tools that it found in the list each time that it was told of a change. */
  readonly told: string[][];
}

const namesOf = (tools: readonly { name: string }[] | null) => (tools ?? []).map(({ name }) => name);
const textOf = (result: unknown) => (result as { content: { text: string }[] }).content[0]?.text;
const listing = (told: string[][]) => ({
  tools: {
    debounceMs: 0,
    onChanged: (_error: unknown, tools: { name: string }[] | null) => void told.push(namesOf(tools)),
  },
});

/** A client of the SDK's first generation, which lists the tools again whenever it is told to. */
async function connect(transport: unknown): Promise<Connected<Client>> {
  const told: string[][] = [];
  const client = new Client(
    { name: 'old', version: '1' },
    { capabilities: { elicitation: {} }, listChanged: listing(told) },
  );
  await client.connect(transport as Transport);
  cleanups.push(() => client.close());
  return { client, told };
}

/** One of the second, which listens. */
async function connectNew(transport: NewHttp | NewStdio): Promise<Connected<NewClient>> {
  const told: string[][] = [];
  const client = new NewClient(
    { name: 'new', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, listChanged: listing(told) },
  );
  await client.connect(transport);
  cleanups.push(() => client.close());
  return { client, told };
}

const spawned = ({ folder: cwd }: AuthorProject, file: string) => ({
  command: process.execPath,
  args: [binary, 'stdio', '--server', file, '--watch', '--log-format', 'json'],
  cwd,
  stderr: 'pipe' as const,
});

interface Logged {
  readonly level: string;
  readonly message: string;
}

/** A client over stdio, and what its server logs. */
async function overStdio(made: AuthorProject, file: string): Promise<Connected<Client> & { log: Logged[] }> {
  const transport = new StdioClientTransport(spawned(made, file));
  const log: Logged[] = [];
  createInterface({ input: transport.stderr as Readable }).on('line', (line) => {
    // Node warns in words.
    if (line.startsWith('{')) log.push(JSON.parse(line) as Logged);
  });
  return { ...(await connect(transport)), log };
}

describe.concurrent('a module that is saved is served to clients that stay connected', () => {
  test.each([
    ['a catalog', 'mine.mjs', CATALOG(tool()), 'words.mjs', words],
    ['a catalog of CommonJS', 'mine.cjs', COMMON_JS, 'words.cjs', required],
    ['a function that makes servers of the SDK 1.x', 'mine.mjs', SDK1, 'words.mjs', words],
    ['a class of the SDK 1.x that does not say that its tools change', 'mine.mjs', PLAIN_SDK, 'words.mjs', words],
    ['a function that makes servers of the SDK 2.x', 'mine.mjs', SDK2, 'words.mjs', words],
  ])('%s, over stdio, when a file changes that it imports', async (_title, file, text, helper, wordsIn) => {
    const made = project({ [file]: text, [helper]: wordsIn('greet', 'Hello') });
    const { client, told } = await overStdio(made, `./${file}`);
    expect(textOf(await client.callTool({ name: 'greet' }))).toBe('Hello');
    made.save(helper, wordsIn('salute', 'Hail'));
    await eventually(() => expect(told).toEqual([['salute']]));
    expect(textOf(await client.callTool({ name: 'salute' }))).toBe('Hail');
  });

  test.each([
    ['a catalog', CATALOG(tool())],
    ['servers of the SDK 2.x', SDK2],
  ])('%s, to a client of 2026-07-28 that listens over stdio', async (_title, text) => {
    const made = project({ 'mine.mjs': text, 'words.mjs': words('greet', 'Hello') });
    const { client, told } = await connectNew(new NewStdio(spawned(made, './mine.mjs')));
    expect(textOf(await client.callTool({ name: 'greet', arguments: {} }))).toBe('Hello');
    made.save('words.mjs', words('salute', 'Hail'));
    await eventually(() => expect(told).toEqual([['salute']]));
    expect(textOf(await client.callTool({ name: 'salute', arguments: {} }))).toBe('Hail');
  });

  test('over Streamable HTTP, legacy SSE, and to who listens over HTTP', async () => {
    const made = project({ 'mine.mjs': CATALOG(tool()), 'words.mjs': words('greet', 'Hello') });
    const server = await spawnServer(['http', '--sse', '--server', './mine.mjs', '--watch'], {}, { cwd: made.folder });
    cleanups.push(() => void server.stop());
    const at = (path: string) => new URL(path, server.origin);
    const clients = await Promise.all([
      connect(new StreamableHTTPClientTransport(at('/mcp'))),
      connect(new SSEClientTransport(at('/sse'))),
      connectNew(new NewHttp(at('/mcp'))),
    ]);
    // Whoever does not listen must not keep it.
    expect(await clients[2].client.listTools()).toMatchObject({ ttlMs: 0 });
    made.save('words.mjs', words('salute', 'Hail'));
    await eventually(() => expect(clients.map(({ told }) => told)).toEqual(Array(3).fill([['salute']])));
    const calls = clients.map(({ client }) => (client as Client).callTool({ name: 'salute', arguments: {} }));
    expect((await Promise.all(calls)).map(textOf)).toEqual(Array(3).fill('Hail'));
    expect(await server.stop()).toBe(0);
  });

  test.runIf('typescript' in process.features && Boolean(process.features.typescript))(
    'TypeScript, where Node reads it',
    async () => {
      const typed = (name: string) =>
        `const name: string = '${name}';\nconst word: string = 'w';\nexport { name, word };`;
      const text = CATALOG(tool()).replace('words.mjs', 'words.ts');
      const made = project({ 'mine.mts': text, 'words.ts': typed('greet') });
      const { told } = await overStdio(made, './mine.mts');
      made.save('words.ts', typed('salute'));
      await eventually(() => expect(told).toEqual([['salute']]));
    },
  );

  test('the list that a catalog had none of when its client connected is there', async () => {
    const made = project({ 'mine.mjs': CATALOG(tool()), 'words.mjs': words('greet', 'Hello') });
    const { client, told } = await overStdio(made, './mine.mjs');
    expect((await client.listPrompts()).prompts).toEqual([]);
    made.save('mine.mjs', CATALOG(tool(), "prompts: [{ name: 'first', get: () => ({ messages: [] }) }]"));
    await eventually(() => expect(told).toHaveLength(1));
    expect(namesOf((await client.listPrompts()).prompts)).toEqual(['first']);
  });
});

describe.concurrent('what is under way outlasts a change', () => {
  test.each([
    ['a catalog', CATALOG(ASKING)],
    ['servers of the SDK', SDK1_ASKING],
  ])('a call of %s that waits for its client ends with the module it began with', async (_title, text) => {
    const made = project({ 'mine.mjs': text, 'words.mjs': words('greet', 'Hello') });
    const { client, told } = await overStdio(made, './mine.mjs');
    let questions = 0;
    client.setRequestHandler(ElicitRequestSchema, async () => {
      questions += 1;
      if (questions > 1) return { action: 'accept', content: { sure: true } };
      made.save('words.mjs', words('salute', 'Hail'));
      await eventually(() => expect(told).toEqual([['salute']]));
      // The new one asks as well, while the old one waits.
      expect(textOf(await client.callTool({ name: 'salute' }))).toBe('Hail, surely');
      return { action: 'accept', content: { sure: true } };
    });
    expect(textOf(await client.callTool({ name: 'greet' }))).toBe('Hello, surely');
    expect(questions).toBe(2);
  });

  test('a subscription over a connection', async () => {
    const resource = "resources: [{ uri: 'a://b', name: 'b', read: (uri) => ({ uri, text: word }) }]";
    const updating = tool("await context.resourceUpdated('a://b');");
    const made = project({ 'mine.mjs': CATALOG(updating, resource), 'words.mjs': words('greet', 'Hello') });
    const server = await spawnServer(['sse', '--server', './mine.mjs', '--watch'], {}, { cwd: made.folder });
    cleanups.push(() => server.stop());
    const address = new URL('/sse', server.origin);
    const [subscribed, other] = await Promise.all([
      connect(new SSEClientTransport(address)),
      connect(new SSEClientTransport(address)),
    ]);
    const updated: string[] = [];
    const hear = ({ params }: { params: { uri: string } }) => void updated.push(params.uri);
    subscribed.client.setNotificationHandler(ResourceUpdatedNotificationSchema, hear);
    await subscribed.client.subscribeResource({ uri: 'a://b' });
    made.save('words.mjs', words('salute', 'Hail'));
    await eventually(() => expect(other.told).toEqual([['salute']]));
    await other.client.callTool({ name: 'salute' });
    await eventually(() => expect(updated).toEqual(['a://b']));
  });
});

describe.concurrent('a module that can not be served', () => {
  test('leaves the one before it, says once why and where, and the next good one is served', async () => {
    const made = project({ 'mine.mjs': CATALOG(tool()), 'words.mjs': words('greet', 'Hello') });
    const { client, told, log } = await overStdio(made, './mine.mjs');
    const errors = () => log.filter(({ level }) => level === 'error').map(({ message }) => message);
    const broken = async (file: string, text: string, message: RegExp) => {
      const before = errors().length;
      made.save(file, text);
      await eventually(() => expect(errors()).toHaveLength(before + 1));
      expect(errors().at(-1)).toMatch(message);
      expect(textOf(await client.callTool({ name: 'greet' }))).toBe('Hello');
    };
    await broken(
      'words.mjs',
      "export const name = 'greet';\nexport const word = ;\n",
      /Unexpected token ';' \(words\.mjs:2\)/,
    );
    made.save('words.mjs', words('greet', 'Hello'));
    await eventually(() => expect(told).toHaveLength(1));
    await broken('mine.mjs', CATALOG(`${tool()}, ${tool()}`), /two entries for the tool "greet" \(mine\.mjs:3\)/);
    await broken(
      'mine.mjs',
      CATALOG(tool()).replace("{ type: 'object' }", "{ type: 'odd' }"),
      /Tool greet: its inputSchema can't be used: /,
    );
    await broken('mine.mjs', `import './later.mjs';\n${CATALOG(tool())}`, /Cannot find module .*later\.mjs/);
    made.save('deep.mjs', 'export const x = ;');
    await broken('mine.mjs', `import './deep.mjs';\n${CATALOG(tool())}`, /Unexpected token ';' \(deep\.mjs:1\)/);
    // Node 20 says of what CommonJS throws within an ES module that nobody caught it, whoever did.
    made.save('old.cjs', 'const x = ;');
    await broken('mine.mjs', `import './old.cjs';\n${CATALOG(tool())}`, /Unexpected token ';' \(old\.cjs:1\)/);
    await broken('mine.mjs', `import './later.mjs';\n// Again\n${CATALOG(tool())}`, /Cannot find module .*later\.mjs/);
    // What was missing comes, which is enough.
    made.save('later.mjs', '');
    await eventually(() => expect(told).toHaveLength(2));
    made.saveOver('words.mjs', words('salute', 'Hail'));
    await eventually(() => expect(told).toEqual([['greet'], ['greet'], ['salute']]));
    expect(errors()).toHaveLength(7);
    const loaded = /mine\.mjs has changed, and was loaded in \d+ ms: 1 tool$/;
    await eventually(() => expect(log.filter(({ message }) => loaded.test(message))).toHaveLength(3));
  });

  test.each([
    ['an installed package', 'zod', /--watch: zod is an installed package/],
    ['one that can not be loaded at the start', './mine.mjs', /Cannot find module .*words\.mjs/],
  ])('%s is refused', async (_title, name, message) => {
    const made = project({ 'mine.mjs': CATALOG(tool()) });
    const { code, stderr } = await runCli(['stdio', '--watch', '--server', name], { cwd: made.folder });
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});

describe.concurrent('watching keeps no process alive', () => {
  test.each(['SIGTERM', 'the end of its input'])('stdio ends at %s', async (how) => {
    const made = project({ 'mine.mjs': CATALOG(tool()), 'words.mjs': words('greet', 'Hello') });
    const child = startCli(['stdio', '--server', './mine.mjs', '--watch'], { cwd: made.folder });
    cleanups.push(() => void child.kill('SIGKILL'));
    await once(createInterface({ input: child.stderr }), 'line');
    const ended = once(child, 'exit');
    if (how === 'SIGTERM') child.kill('SIGTERM');
    else child.stdin.end();
    expect(await ended).toEqual([0, null]);
  });
});

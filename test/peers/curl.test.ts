import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callTool, complete, getPrompt, readResource } from '../../src/client/calls.js';
import { connect } from '../../src/client/connect.js';
import type { Connection } from '../../src/client/connection.js';
import { renderCurl, shellQuote } from '../../src/client/curl.js';
import { listPrompts, listResources, listTemplates, listTools } from '../../src/client/lists.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

const run = promisify(execFile);
const servers: Record<string, SpawnedServer> = {};

beforeAll(async () => {
  const [stateful, stateless, sse] = await Promise.all([
    spawnServer(['http', '--stateful']),
    spawnServer(['http', '--stateless']),
    spawnServer(['sse']),
  ]);
  Object.assign(servers, { stateful, stateless, sse });
});

afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

const urlOf = (name: string): string => `${servers[name]?.origin}${name === 'sse' ? '/sse' : '/mcp'}`;

/** What a shell prints for these lines, the real curl included. */
async function shell(lines: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run('bash', ['-c', lines], { timeout: 10_000, env: { PATH: process.env.PATH, ...env } });
  return stdout;
}

/** The result in the last JSON-RPC answer of an output: JSON, or the data of an event stream. */
function resultIn(output: string): unknown {
  const messages = output
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'));
  return (JSON.parse(messages.at(-1) ?? '{}') as { result?: unknown }).result;
}

/** Without what differs from call to call, and what the modern era adds for the client alone. */
function settled(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      ['timestamp', 'calculationId', 'ms', 'resultType'].includes(key) ? undefined : item,
    ),
  ) as unknown;
}

type Ask = (connection: Connection) => Promise<unknown>;

const QUOTES = 'it\'s "unknown" $HOME `id` \\ é\nnew line';

const VERBS: [args: string[], ask: Ask][] = [
  [['tools'], async (connection) => ({ tools: await listTools(connection) })],
  [['resources'], async (connection) => ({ resources: await listResources(connection) })],
  [['templates'], async (connection) => ({ resourceTemplates: await listTemplates(connection) })],
  [['prompts'], async (connection) => ({ prompts: await listPrompts(connection) })],
  [
    ['ping'],
    async (connection) =>
      connection.era === 'legacy' ? {} : connection.request((client, options) => client.discover(options)),
  ],
  [
    ['call', 'calculate', 'a=100', 'b=50', 'op=add'],
    (connection) => callTool(connection, { name: 'calculate' }, { a: 100, b: 50, op: 'add' }),
  ],
  [
    ['call', 'evaluate', 'expression=x + 1', 'variables.x=2'],
    (connection) => callTool(connection, { name: 'evaluate' }, { expression: 'x + 1', variables: { x: 2 } }),
  ],
  [
    ['call', 'explain_formula', `formula=${QUOTES}`],
    (connection) => callTool(connection, { name: 'explain_formula' }, { formula: QUOTES }),
  ],
  [['call', 'demo_progress', 'steps=1'], (connection) => callTool(connection, { name: 'demo_progress' }, { steps: 1 })],
  [['read', 'calculator://constants'], (connection) => readResource(connection, 'calculator://constants')],
  [
    ['prompt', 'explain-calculation', 'expression=1+1'],
    (connection) => getPrompt(connection, 'explain-calculation', { expression: '1+1' }),
  ],
  [
    ['complete', 'explain-calculation', 'level=b'],
    (connection) =>
      complete(connection, { type: 'ref/prompt', name: 'explain-calculation' }, { name: 'level', value: 'b' }, {}),
  ],
];

/** The result that the client prints as JSON, as the protocol has it. */
function answerOf(stdout: string): unknown {
  return settled(JSON.parse(stdout));
}

/** The client walks all pages of a list; one request brings the first. */
function firstPage(whole: unknown, page: unknown): unknown {
  const [[key, items] = ['', []]] = Object.entries(whole as Record<string, unknown[]>);
  const { [key]: first = [], nextCursor } = page as Record<string, unknown[]>;
  return { [key]: items.slice(0, first.length), ...(nextCursor !== undefined && { nextCursor }) };
}

/** A page of a list, without the hints for caches that a client does not print. */
function listIn(page: unknown): unknown {
  const { ttlMs: _ttlMs, cacheScope: _cacheScope, _meta, ...list } = page as Record<string, unknown>;
  return list;
}

describe.each(['legacy', 'modern'] as const)('in the %s era', (era) => {
  describe.each(['stateful', 'stateless'])(
    'the lines of --curl, run by a shell with the real curl against a %s server, give what the client gets',
    (name) => {
      let connection: Connection;
      beforeAll(async () => {
        connection = await connect(
          { kind: 'http', url: new URL(urlOf(name)), transport: 'http', headers: {} },
          { era },
        );
      });
      afterAll(() => connection.close());

      // Every other verb, so that both kinds of server have lists, calls and reads.
      it.each(VERBS.filter((_verb, index) => index % 2 === (name === 'stateful' ? 0 : 1)))('%j', async (args, ask) => {
        const lines = await runCli(['client', ...args, '--era', era, '--curl', '--url', urlOf(name)]);
        expect(lines.stdout.trim().split('\n')).toHaveLength(era === 'modern' ? 1 : 3);
        expect(lines.stderr).toBe('');
        expect(lines.code).toBe(0);
        const answer = settled(resultIn(await shell(lines.stdout)));
        const expected = settled(await ask(connection));
        if (/s$/.test(args[0] ?? '')) expect(listIn(answer)).toEqual(firstPage(expected, answer));
        else expect(answer).toEqual(expected);
      });
    },
  );
});

describe('the lines of --curl', () => {
  it('over legacy SSE', async () => {
    const args = ['call', 'calculate', 'a=100', 'b=50', 'op=add'];
    const [lines, client] = await Promise.all([
      runCli(['client', ...args, '--curl', '--url', urlOf('sse')]),
      runCli(['client', ...args, '--json', '--url', urlOf('sse')]),
    ]);
    expect(settled(resultIn(await shell(lines.stdout)))).toEqual(answerOf(client.stdout));
  });

  it('without a server, with the types guessed', async () => {
    const { stdout, stderr, code } = await runCli([
      'client',
      'call',
      'calculate',
      'a=100',
      'op=add',
      '--curl',
      '--url',
      'http://127.0.0.1:1/mcp',
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/types of arguments are guessed/);
    expect(stdout).toContain('"arguments":{"a":100,"op":"add"}');
  });
});

describe('the lines of --curl-also', () => {
  it('are those that were sent, and each can be sent again', async () => {
    const { stdout, stderr } = await runCli([
      'client',
      'call',
      'calculate',
      'a=100',
      'b=50',
      'op=add',
      '--json',
      '--curl-also',
      '--keep-session',
      '--era',
      'legacy',
      '--url',
      urlOf('stateful'),
    ]);
    const said = stderr.trim().split('\n');
    const lines = said.filter((line) => line.startsWith('curl '));
    expect(said.filter((line) => !lines.includes(line))).toEqual([
      expect.stringMatching(/^The session stays: go on in it with --session [\w-]+$/),
    ]);
    const posts = lines.filter((line) => line.includes(' -X POST '));
    const [initialize = '', initialized = '', list = '', call = ''] = posts;
    expect(resultIn(await shell(initialize))).toMatchObject({ serverInfo: { name: 'mcp-calc' } });
    expect(await shell(initialized)).toBe('');
    expect(resultIn(await shell(list))).toHaveProperty('tools');
    expect(settled(resultIn(await shell(call)))).toEqual(answerOf(stdout));
    const stream = lines.find((line) => !line.includes(' -X ')) ?? '';
    expect(await shell(`${stream.replace('curl', 'curl -i --max-time 1')} || true`)).toMatch(
      /HTTP\/1\.1 200[\s\S]*text\/event-stream/,
    );
  });
});

describe('the lines of --curl-also in the modern era', () => {
  it('need no session: each stands by itself', async () => {
    const call = ['client', 'call', 'calculate', 'a=100', 'b=50', 'op=add', '--json', '--curl-also'];
    const { stdout, stderr } = await runCli([...call, '--url', urlOf('stateless')]);
    const [discover = '', list = '', posted = '', ...more] = stderr.trim().split('\n');
    expect(more).toEqual([]);
    expect(resultIn(await shell(discover))).toHaveProperty('supportedVersions');
    expect(resultIn(await shell(list))).toHaveProperty('tools');
    for (const header of ['MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', 'Mcp-Name: calculate'])
      expect(posted).toContain(`-H '${header}'`);
    expect(settled(resultIn(await shell(posted)))).toEqual(answerOf(stdout));
  });
});

describe('a word for the shell', () => {
  it('comes back as it was, whatever it holds', async () => {
    const texts = fc.sample(
      fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\0')),
      50,
    );
    const printed = await shell(`printf '%s\\0' ${texts.map(shellQuote).join(' ')}`);
    expect(printed.split('\0').slice(0, -1)).toEqual(texts.map((text) => Buffer.from(text).toString('utf8')));
  });

  it('secrets are named by variables, which a shell fills in', async () => {
    const request = {
      method: 'GET',
      url: 'http://127.0.0.1:1/',
      headers: { authorization: 'Bearer abc', 'x-api-key': 'def', accept: '*/*' },
    };
    const line = renderCurl(request);
    expect(line).not.toMatch(/abc|def/);
    expect(await shell(line.replace('curl', "printf '%s\\n'"), { MCP_TOKEN: 'abc', X_API_KEY: 'def' })).toMatch(
      /Authorization: Bearer abc[\s\S]*X-Api-Key: def/,
    );
    expect(renderCurl(request, { secrets: true })).toMatch(/Bearer abc.*def/);
  });

  it.each([
    'x-auth',
    'x-access-key',
    'ocp-apim-subscription-key',
    'x-functions-key',
    'proxy-authorization',
    'x-amz-security-token',
    'x-goog-credential',
  ])('the value of %s is named by a variable', (name) => {
    const line = renderCurl({ method: 'GET', url: 'http://127.0.0.1:1/', headers: { [name]: 'pl4nted' } });
    expect(line).not.toContain('pl4nted');
    expect(line).toContain(`$${name.toUpperCase().replaceAll('-', '_')}`);
  });
});

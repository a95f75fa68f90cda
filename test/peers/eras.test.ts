import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import { listen, sendResult, shakesHands, stdioServer } from '../client/hostile.js';
import type { SmallServer } from '../client/hostile.js';
import { startSdk2Server } from '../client/sdk2-server.js';

let server: SmallServer;
let url: string;

beforeAll(async () => {
  server = await startSdk2Server();
  url = `${server.origin}/mcp`;
});

afterAll(() => server.close());

describe.concurrent("every verb with a server of the SDK's second generation, which speaks the modern era alone", () => {
  it.each<[args: string[], words: RegExp]>([
    [['info'], /Server +sdk2 1\.0\.0\nProtocol +2026-07-28\nEra +modern: it answers server\/discover\n/],
    [['ping'], /answered in/],
    [['tools'], /greet +name/],
    [['resources'], /sdk2:\/\/note/],
    [['templates'], /sdk2:\/\/people\/\{name\}/],
    [['prompts'], /welcome +name/],
    [['call', 'greet', 'name=Ada'], /^Hello, Ada\n$/],
    [['call', 'place', 'region=Köln'], /^in Köln\n$/],
    [['call', 'interview', '--accept', '{"name":"Ada"}', '--sample', 'Tea'], /^Ada: \{"type":"text","text":"Tea"\}\n$/],
    [['call', 'interview', '--accept', '--sample', 'Tea'], /^nobody: /],
    [['call', 'count', '--json'], /counted to 3/],
    [['read', 'sdk2://people/Ada'], /^I am Ada\n$/],
    [['prompt', 'welcome', 'name=Ada'], /Welcome Ada/],
    [['complete', 'sdk2://people/{name}', 'name=A'], /^Ada\nAlan\n$/],
    [['smoke', '--only', 'tools,resources,prompts'], / 0 failed/],
  ])('%j', async (args, words) => {
    const { stdout, stderr, code } = await runCli(['client', ...args, '--url', url]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(words);
    expect(code).toBe(0);
  });

  it('watch', async () => {
    const child = startCli(['client', 'watch', 'sdk2://note', '--read', '--url', url]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    await eventually(() => expect(stderr).toContain('Watching sdk2://note, toolsListChanged'));
    await runCli(['client', 'call', 'touch', '--url', url]);
    await eventually(() => expect(stdout).toMatch(/^\d\d:\d\d:\d\d resources\/updated sdk2:\/\/note\na note\n$/));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe.concurrent('a server of another era or version gets the sentence that helps', () => {
  it('a modern server that is asked in the legacy era', async () => {
    const { stderr, code } = await runCli(['client', 'tools', '--era', 'legacy', '--url', url]);
    expect(stderr).toMatch(
      /speaks 2026-07-28, not what it was asked for\n {2}This client speaks 2025-11-25, .*Try --era modern\.\n$/,
    );
    expect(code).toBe(5);
  });

  it.each([
    [
      'over stdio',
      () => Promise.resolve(stdioServer('send({ id, error: { code: -32601, message: "no" } })')),
      undefined,
    ],
    ['over HTTP', undefined, shakesHands(({ id }, response) => sendResult(response, id, {}))],
  ])('a legacy server that is asked in the modern era, %s', async (_how, command, listener) => {
    const http = listener && (await listen(listener));
    const where = http ? ['--url', `${http.origin}/mcp`] : ['--', ...((await command?.()) ?? [])];
    const { stderr, code } = await runCli(['client', 'tools', '--era', 'modern', ...where]);
    await http?.close();
    expect(stderr).toMatch(/does not speak the modern era.*\n {2}.*2026-07-28 alone\. Try --era legacy\.\n$/);
    expect(code).toBe(5);
  });

  it('one that speaks only a version that is still to come', async () => {
    const future = await listen((_request, response) => {
      const error = { code: -32022, message: 'no', data: { supported: ['2099-01-01'], requested: '2026-07-28' } };
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
    });
    const { stderr, code } = await runCli(['client', 'tools', '--url', `${future.origin}/mcp`]);
    await future.close();
    expect(stderr).toMatch(
      /speaks 2099-01-01, not what it was asked for\n {2}This client speaks 2026-07-28, 2025-11-25, .*Update one of the two\.\n$/,
    );
    expect(code).toBe(5);
  });

  it('one that answers initialize with a version that nobody knows', async () => {
    const script = stdioServer('').at(-1)?.replace("'2025-11-25'", "'2001-01-01'") ?? '';
    const { stderr, code } = await runCli(['client', 'tools', '--', process.execPath, '-e', script]);
    expect(stderr).toMatch(/speaks 2001-01-01, .*\n {2}.*Update one of the two\.\n$/);
    expect(code).toBe(5);
  });
});

it.each([
  ['resources', 'resources'],
  ['templates', 'resourceTemplates'],
  ['prompts', 'prompts'],
])('%s of a server that offers none are answered from the handshake', async (verb, key) => {
  const server = stdioServer('process.exit(1)');
  const [plain, json] = await Promise.all([
    runCli(['client', verb, '--', ...server]),
    runCli(['client', verb, '--json', '--', ...server]),
  ]);
  expect(plain.stderr).toBe(`This server offers no ${verb}.\n`);
  expect(JSON.parse(json.stdout)).toEqual({ [key]: [] });
  expect([plain.code, json.code]).toEqual([0, 0]);
});

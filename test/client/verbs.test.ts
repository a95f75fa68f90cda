import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { stdioServer } from './hostile.js';

let server: SpawnedServer;
let url: string;

beforeAll(async () => {
  server = await spawnServer(['http', '--stateful']);
  url = `${server.origin}/mcp`;
});

afterAll(() => server.stop());

describe.each(['legacy', 'modern'])('the command line over HTTP, in the %s era', (era) => {
  const there = (): string[] => ['--era', era, '--url', url];

  it('reads arguments from stdin, shows the traffic, and prints JSON', async () => {
    const { stdout, stderr, code } = await runCli(
      ['client', 'call', 'calculate', '--args', '-', '--json', '--trace', ...there()],
      { input: '{"a":2,"b":3,"op":"multiply"}' },
    );
    expect(JSON.parse(stdout)).toMatchObject({ structuredContent: { value: 6 } });
    expect(
      stderr
        .split('\n')
        .filter((line) => line.startsWith('-->'))
        .map((line) => (JSON.parse(line.slice(4)) as { method: string }).method),
    ).toEqual([
      ...(era === 'legacy' ? ['initialize', 'notifications/initialized'] : ['server/discover']),
      'tools/list',
      'tools/call',
    ]);
    expect(stderr).toMatch(/^>>> POST http.*"content-type":"application\/json"/m);
    expect(stderr).toMatch(/^<<< HTTP 200 .*"content-type":"application\/json/m);
    expect(code).toBe(0);
  });

  it('a tool error is printed, and ends with 5', async () => {
    const { stdout, code } = await runCli(['client', 'call', 'calculate', 'a=1', 'b=0', 'op=divide', ...there()]);
    expect(stdout).toMatch(/zero/i);
    expect(code).toBe(5);
  });

  it('what is missing is named where nobody can be asked', async () => {
    const { stderr, code } = await runCli(['client', 'call', 'calculate', 'a=1', ...there()]);
    expect(stderr).toMatch(/"calculate" needs b, op\n {2}Give b=… op=…/);
    expect(code).toBe(1);
  });

  it('questions are answered by flags, and told where nobody answers', async () => {
    const ask = ['client', 'call', 'solve_math_problem', 'problem=What is the area of a rectangle?', ...there()];
    expect((await runCli([...ask, '--accept', '{"length":3,"width":4}'])).stdout).toContain('12');
    expect((await runCli([...ask, '--accept', 'nonsense'])).code).not.toBe(0);
    expect((await runCli(ask)).stderr).toMatch(/The server asks:[\s\S]*--accept/);
    expect(
      (
        await runCli([
          'client',
          'call',
          'calculator_assistant',
          'query=a joke',
          '--sample',
          'Seven ate nine.',
          ...there(),
        ])
      ).stdout,
    ).toContain('Seven ate nine.');
  });

  it('lists, reads and tells as tables and text', async () => {
    const [tools, info, read] = await Promise.all([
      runCli(['client', 'tools', ...there()]),
      runCli(['client', 'info', ...there()]),
      runCli(['client', 'read', 'calculator://tables/2', ...there()]),
    ]);
    expect(tools.stdout).toMatch(/^TOOL +ARGUMENTS +WHAT\ncalculate +a b op precision\? stream\? +\S/);
    expect(info.stdout).toMatch(
      era === 'legacy'
        ? /Server +\S.*1\.0\.0\nProtocol +2025-11-25\nEra +legacy: asked for\nTransport +streamable-http\n/
        : /Server +\S.*1\.0\.0\nProtocol +2026-07-28\nEra +modern: asked for\nTransport +streamable-http\n/,
    );
    expect(read.stdout).toMatch(/^\(calculator:\/\/tables\/2, application\/octet-stream, \d+ bytes/);
  });
});

describe('what a server says reaches the terminal without control characters and marks of direction', () => {
  const HOSTILE = 'a\u001b[2J\u0007\u009b1mb\u202ec';
  const hostile = stdioServer(`
    const text = ${JSON.stringify(HOSTILE)};
    if (method === 'completion/complete') return send({ id, result: { completion: { values: [text] } } });
    if (method === 'tools/list') return send({ id, result: { tools: [{ name: text, description: text, inputSchema: { type: 'object', required: [text] } }] } });
    if (method === 'tools/call') return send({ id, result: { content: [{ type: 'text', text }] } });`);

  it.each([
    [['complete', 'p', 'x='], ''],
    [['tools'], ''],
    [['tools', '--json'], HOSTILE],
    [['call', 't'], ''],
    [['call', 't', '--trace'], ''],
    [['call', HOSTILE], ''],
  ])('%j', async (args, kept) => {
    const { stdout, stderr } = await runCli(['client', ...args, '--', ...hostile]);
    expect(`${stdout}${stderr}`).toMatch(/a *b *c|a\\u001b/);
    expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}/u);
    if (kept !== '') expect(JSON.parse(stdout)).toMatchObject({ tools: [{ name: kept }] });
  });
});

describe('watch', () => {
  const notifying = stdioServer(`
    if (method === 'resources/read') return send({ id, result: { contents: [{ uri: 'a://b', text: 'the new text' }] } });
    send({ id, result: {} });
    if (method === 'resources/subscribe') send({ method: 'notifications/resources/updated', params: { uri: 'a://b' } });
  `);

  it('prints what changes until Ctrl-C, which is its usual end', async () => {
    const child = startCli(['client', 'watch', 'a://b', '--read', '--', ...notifying]);
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const ended = new Promise((resolve) => child.once('close', resolve));
    await eventually(() => expect(stdout).toMatch(/^\d\d:\d\d:\d\d resources\/updated a:\/\/b\nthe new text\n$/));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('ends with 4 when the server does', async () => {
    const { code, stderr } = await runCli([
      'client',
      'watch',
      'a://b',
      '--',
      ...stdioServer('send({ id, result: {} }); setTimeout(() => process.exit(0), 50)'),
    ]);
    expect(stderr).toContain('The server closed the connection');
    expect(code).toBe(4);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/client/smoke/report.js';
import { EXPECTATIONS_SCHEMA } from '../../src/client/smoke/expect/expectations.js';
import { readExpectations } from '../../src/client/smoke/expect/read.js';
import { runCli } from '../helpers/run-cli.js';
import type { CliOptions } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { listen, readOnlyTool, sendResult, shakesHands, stdioServer, toolServer } from './hostile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BROKEN = ['--', process.execPath, join(root, 'examples/broken/server.js')];
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-smoke-ci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | object): string {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function smoke(args: string[], options: CliOptions = {}) {
  const { stdout, stderr, code } = await runCli(['client', 'smoke', '--json', ...args], {
    timeoutMs: 14_000,
    ...options,
  });
  return { report: JSON.parse(stdout) as SmokeReport, stderr, code };
}

const detailOf = ({ results }: SmokeReport, name: string, outcome: string): string | undefined =>
  results.find((result) => result.name === name && result.outcome === outcome)?.detail;
const namesOf = ({ results }: SmokeReport, outcome: string): string[] =>
  results.filter((result) => result.outcome === outcome).map(({ name }) => name);

const text = (words: string): string => `{ id, result: { content: [{ type: 'text', text: ${words} }] } }`;

describe.concurrent('what an author expects of a server', () => {
  it('passes where each answer is as it is written, and fails where one is not, with the whole of it', async ({
    expect,
  }) => {
    const expectations = file({
      calls: [
        {
          tool: 'calculate',
          arguments: { a: 100, b: 50, op: 'add' },
          expect: { text: '150', structuredContent: { value: 150 } },
        },
        {
          name: 'a pattern',
          tool: 'calculate',
          arguments: { a: 1, b: 2, op: 'add' },
          expect: { text: '/1 \\+ 2 = 3$/m' },
        },
        { name: 'by zero', tool: 'calculate', arguments: { a: 1, b: 0, op: 'divide' }, expect: { isError: true } },
        { name: 'no such tool', tool: 'nothing', expect: { error: -32602 } },
        {
          name: 'wrong member',
          tool: 'calculate',
          arguments: { a: 1, b: 2, op: 'add' },
          expect: { structuredContent: { value: 4 } },
        },
        { name: 'wrong text', tool: 'calculate', arguments: { a: 1, b: 2, op: 'add' }, expect: { text: 'seven' } },
        { name: 'no error', tool: 'calculate', arguments: { a: 1, b: 2, op: 'add' }, expect: { error: -32602 } },
      ],
      resources: [
        { uri: 'calculator://constants', expect: { mimeType: 'application/json', text: '3.14159' } },
        { name: 'wrong type', uri: 'calculator://constants', expect: { mimeType: 'text/html' } },
      ],
      prompts: [{ prompt: 'explain-calculation', arguments: { expression: '1 + 2' }, expect: { text: '1 + 2' } }],
    });
    const { report, code } = await smoke(['--only', 'expect', '--expect', expectations]);
    expect(namesOf(report, 'passed')).toEqual([
      'calls[0] calculate',
      'a pattern',
      'by zero',
      'no such tool',
      'resources[0] calculator://constants',
      'prompts[0] explain-calculation',
    ]);
    expect(detailOf(report, 'wrong member', 'failed')).toBe('structuredContent.value is 3, not 4');
    expect(detailOf(report, 'wrong text', 'failed')).toMatch(/^"seven" is not in "ADD: 1 \+ 2 = 3/);
    expect(detailOf(report, 'no error', 'failed')).toBe('answered with a result, not with error -32602');
    expect(detailOf(report, 'wrong type', 'failed')).toBe('the type is application/json, not text/html');
    expect(code).toBe(5);
  });

  it('gives up a pattern that the text of a server makes endless', async ({ expect }) => {
    const server = toolServer([readOnlyTool('long')], text("'a'.repeat(60) + '!'"));
    const expectations = file({ calls: [{ name: 'endless', tool: 'long', expect: { text: '/^(a+)+$/' } }] });
    const { report, code } = await smoke(['--only', 'expect', '--expect', expectations, ...server]);
    expect(detailOf(report, 'endless', 'failed')).toBe(
      "the pattern can't be tried on the text: it takes longer than 2000 ms",
    );
    expect(code).toBe(5);
  });

  it('is a word that a tool may be called, with the arguments of the file alone', async ({ expect }) => {
    const tools = [
      { name: 'write', inputSchema: { type: 'object' } },
      { name: 'erase', inputSchema: { type: 'object' } },
    ];
    const { report } = await smoke([
      '--expect',
      file({ calls: [{ tool: 'write', expect: { text: 'done' } }] }),
      ...toolServer(tools, text("'done'")),
    ]);
    expect(namesOf(report, 'passed')).toContain('calls[0] write');
    expect(report.notCalled).toEqual(['erase']);
    expect(report.results.filter(({ name }) => name.startsWith('call write'))).toEqual([]);
  });

  it.for<[content: string, fault: string]>([
    ['{\n  "calls": [}\n}', 'line 2, column 13: '],
    ['{ "calls": [', 'line 1, column 13: '],
    ['{ "calls": [{ "tool": "a" }, {}] }', 'calls[1]: "tool" is missing'],
    ['{ "calls": [{ "tool": "a", "expects": {} }] }', 'calls[0]: there is nothing called "expects" here'],
    ['{ "prompts": [{ "prompt": "a", "expect": { "text": 1 } }] }', 'prompts[0].expect.text: must be string'],
    [
      '{ "resources": [{ "uri": "a", "expect": { "text": "/(/" } }] }',
      'resources[0].expect.text: Invalid regular expression',
    ],
    ['[]', 'the file: must be object'],
  ])('is refused with the place of the fault: %s', ([content, fault], { expect }) => {
    expect(() => readExpectations(content, 'smoke.json')).toThrow(`smoke.json: `);
    expect(() => readExpectations(content, 'smoke.json')).toThrow(fault);
  });

  it('is looked at before anything is sent, and a fault is in the report for CI', async ({ expect }) => {
    const junit = join(folder, 'fault.xml');
    const { stdout, stderr, code } = await runCli([
      ...['client', 'smoke', '--expect', file('{ "call": [] }'), '--junit', junit, '--url', 'http://127.0.0.1:9/mcp'],
    ]);
    expect(stderr).toContain('the file: there is nothing called "call" here');
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(readFileSync(junit, 'utf8')).toContain('there is nothing called &quot;call&quot; here');
  });
});

it('has the form of the file as a schema for editors (npx vitest run test/client/smoke-ci.test.ts -u writes it)', async () => {
  const schema = `${JSON.stringify(EXPECTATIONS_SCHEMA, null, 2)}\n`;
  await expect(schema).toMatchFileSnapshot(join(root, 'docs/smoke.schema.json'));
});

describe.concurrent('what is left out, and what is known', () => {
  it('leaves out a check and a tool by name, and tells of a name that there was not', async ({ expect }) => {
    const skip = ['forecast', 'get greet', 'no such thing'].flatMap((name) => ['--skip', name]);
    const { report, stderr } = await smoke([...skip, '--only', 'tools,prompts,errors', ...BROKEN]);
    expect(namesOf(report, 'skipped')).toEqual(['call forecast', 'call erase', 'get greet']);
    expect(report.results.map(({ name }) => name)).not.toContain('forecast without its arguments is refused');
    expect(stderr).toContain('Never met: there was no check, and no tool, called no such thing');
  });

  it('lets known failures be, and fails one that passes by now', async ({ expect }) => {
    const { report } = await smoke(BROKEN);
    const known = ['# known', '', ...namesOf(report, 'failed')].join('\n');
    const again = await smoke([
      '--baseline',
      file(known),
      '--strict',
      '--only',
      'tools,resources,transport',
      ...BROKEN,
    ]);
    // With --strict, what warns fails, and it is not in the list.
    expect(namesOf(again.report, 'failed')).toEqual(['tools/list: unique name']);
    expect(detailOf(again.report, 'call forecast', 'warned')).toMatch(
      /^known to fail: structuredContent of "forecast"/,
    );
    const mended = await smoke(['--baseline', file(`${known}\nping\n`), ...BROKEN]);
    expect(namesOf(mended.report, 'failed')).toEqual(['ping']);
    expect(mended.code).toBe(5);
    expect((await smoke(['--baseline', file(known), ...BROKEN])).code).toBe(0);
  });

  it('finds no success in a server whose every call is an error', async ({ expect }) => {
    const failing = "{ id, result: { isError: true, content: [{ type: 'text', text: 'no database' }] } }";
    const { report, code } = await smoke([
      '--only',
      'tools',
      ...toolServer([readOnlyTool('a'), readOnlyTool('b')], failing),
    ]);
    expect(detailOf(report, 'some call succeeds', 'failed')).toMatch(/^isError is in every one of 2 answers/);
    expect(code).toBe(5);
  });
});

describe.concurrent('what a server offers beside lists and calls', () => {
  it('is exercised: subscriptions, levels, completion, cancellation, resumption', async ({ expect }) => {
    const server = await spawnServer(['http', '--stateful']);
    try {
      const url = ['--era', 'legacy', '--url', `${server.origin}/mcp`];
      const { report, code } = await smoke(['--only', 'utilities', '--strict', ...url]);
      expect(namesOf(report, 'passed')).toEqual([
        'resources/subscribe, and unsubscribe',
        'logging/setLevel',
        'complete expression of explain-calculation',
        'complete calculationId of calculator://history/{calculationId}',
        'a cancelled call leaves the server well',
        'a broken stream is resumed',
      ]);
      expect(code).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it('warns of events with ids that nothing can be done with', async ({ expect }) => {
    const server = await listen(
      shakesHands(({ id, method }, response, request) => {
        if (method !== 'ping') return sendResult(response, id, {});
        expect(request.headers.accept).toContain('text/event-stream');
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`id: 1\ndata: \n\n`);
      }),
    );
    try {
      const { report } = await smoke(['--only', 'utilities', '--era', 'legacy', '--url', `${server.origin}/mcp`]);
      expect(detailOf(report, 'a broken stream is resumed', 'warned')).toBe(
        'its events have ids, and GET with Last-Event-ID is answered with 405',
      );
    } finally {
      await server.close();
    }
  });

  it('fails a server that ends at a cancellation', async ({ expect }) => {
    const [node = '', flag = '', script = ''] = stdioServer(
      `if (method === 'tools/list') send({ id, result: { tools: [${JSON.stringify(readOnlyTool('slow'))}] } });`,
    );
    const fragile = script.replace(
      'if (id === undefined) return;',
      "if (method === 'notifications/cancelled') process.exit(3); $&",
    );
    const { report, code } = await smoke(['--only', 'utilities', '--', node, flag, fragile]);
    expect(detailOf(report, 'a cancelled call leaves the server well', 'failed')).toMatch(/^The server ended before/);
    expect(code).toBe(5);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, it } from 'vitest';
import { renderJunit } from '../../src/client/smoke/junit.js';
import type { SmokeReport } from '../../src/client/smoke/report.js';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import { stdioServer } from './hostile.js';
import { Terminal } from './pseudo-terminal.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-smoke-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const namesOf = ({ results }: SmokeReport, outcome: string): string[] =>
  results.filter((result) => result.outcome === outcome).map(({ name }) => name);

describe.concurrent('the smoke test', () => {
  const SERVED = { stateful: ['http', '--stateful'], stateless: ['http', '--stateless'], sse: ['sse'], stdio: [] };

  it.for<[how: keyof typeof SERVED, era: string]>([
    ['stateful', 'legacy'],
    ['stateful', 'modern'],
    ['stateless', 'legacy'],
    ['sse', 'legacy'],
    ['stdio', 'legacy'],
    ['stdio', 'modern'],
  ])(
    'finds nothing wrong with this server (%s, %s), and warns of nothing',
    { timeout: 30_000 },
    async ([how, era], { expect }) => {
      const server = how === 'stdio' ? undefined : await spawnServer(SERVED[how]);
      const target = server ? ['--url', `${server.origin}/${how === 'sse' ? 'sse' : 'mcp'}`] : [];
      try {
        const args = ['client', 'smoke', '--all-tools', '--strict', '--json', '--era', era, ...target];
        const { stdout, code } = await runCli(args, { timeoutMs: 25_000 });
        const report = JSON.parse(stdout) as SmokeReport;
        expect(namesOf(report, 'failed')).toEqual([]);
        expect(namesOf(report, 'passed')).toEqual(
          expect.arrayContaining([
            'call calculate',
            'read calculator://constants',
            'get explain-calculation',
            'an unknown method is -32601',
            era === 'legacy' ? 'ping' : 'every result has a resultType',
          ]),
        );
        expect(code).toBe(0);
      } finally {
        await server?.stop();
      }
    },
  );

  it.for([
    ['sdk-server', 'legacy'],
    ['sdk2-server', 'legacy'],
    ['sdk2-server', 'modern'],
  ])('leaves the example %s green (%s), which the SDK lets take any cursor', async ([example, era], { expect }) => {
    const server = await spawnServer(['http', '--server', join(root, `examples/${example}/server.js`)]);
    try {
      const args = ['client', 'smoke', '--all-tools', '--json', '--era', String(era), '--url', `${server.origin}/mcp`];
      const { stdout, code } = await runCli(args, { timeoutMs: 14_000 });
      const report = JSON.parse(stdout) as SmokeReport;
      expect(namesOf(report, 'failed')).toEqual([]);
      expect(namesOf(report, 'warned')).toContain('tools/list: a made-up cursor is -32602');
      expect(namesOf(report, 'passed')).toContain('call greet');
      expect(code).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it('finds every fault of the broken server that its README lists', async ({ expect }) => {
    const junit = join(folder, 'report.xml');
    const { stdout, stderr, code } = await runCli([
      'client',
      'smoke',
      '--json',
      '--junit',
      junit,
      '--',
      process.execPath,
      join(root, 'examples/broken/server.js'),
    ]);
    const report = JSON.parse(stdout) as SmokeReport;
    const rows = [
      ...readFileSync(join(root, 'examples/broken/README.md'), 'utf8').matchAll(
        /^\| (?!the fault|---).*\| (failure|warning) \| `([^`]+)` \|$/gm,
      ),
    ];
    const rowsOf = (kind: string) => rows.filter((row) => row[1] === kind).map(([, , name]) => name);
    expect(rows).toHaveLength(14);
    // Each check that fails is one of the list: nothing else is wrong with the server.
    expect(namesOf(report, 'failed').sort()).toEqual(rowsOf('failure').sort());
    expect(namesOf(report, 'warned')).toEqual(expect.arrayContaining(rowsOf('warning')));
    expect(stderr).toContain('The server wrote something to stdout that is not JSON-RPC');
    expect(namesOf(report, 'skipped')).toEqual(['call erase']);
    expect(code).toBe(5);
    const xml = readFileSync(junit, 'utf8');
    expect(xml.match(/<failure /g)).toHaveLength(report.failed);
    expect(xml.match(/<system-out>warning: /g)).toHaveLength(report.warned);
    expect(xml).toContain('<testcase classname="tools" name="call forecast"');
  });

  it('prints a table, stops at a server that ends, and takes some groups alone', async ({ expect }) => {
    const { stdout, code } = await runCli([
      'client',
      'smoke',
      '--all-tools',
      '--only',
      'tools,errors',
      '--',
      process.execPath,
      join(root, 'examples/broken/server.js'),
    ]);
    expect(stdout).toMatch(/✗ {2}tools +call erase +\d+ +The server ended before it answered/);
    expect(stdout).toMatch(/\n\d+ passed, \d+ warned, \d+ failed, \d+ skipped\n$/);
    expect(stdout).not.toContain('an unknown method');
    expect(code).toBe(5);
  });

  it('tells on a narrow terminal what it finds as it finds it, and keeps the table to the names', async ({
    expect,
  }) => {
    const words = [
      'client',
      'smoke',
      '--only',
      'prompts',
      '--',
      process.execPath,
      join(root, 'examples/broken/server.js'),
    ];
    const terminal = new Terminal(words, 50);
    expect(await terminal.exit).toBe(5);
    expect(terminal.text).toMatch(/^! get greet: the result has no messages/m);
    expect(terminal.text).toMatch(
      /^ {3}CHECK\s+✗ {2}prompts\/list: every page\s+! {2}get greet\s+0 passed, 1 warned, 1 failed, 0 skipped/m,
    );
  });

  it('lets a server be that offers nothing', async ({ expect }) => {
    const { stdout, code } = await runCli([
      'client',
      'smoke',
      '--json',
      '--',
      ...stdioServer(
        "send(method === 'ping' ? { id, result: {} } : method === 'tools/list' ? { id, result: { tools: [] } } : { id, error: { code: method === 'tools/call' ? -32602 : -32601, message: 'no' } })",
      ),
    ]);
    const report = JSON.parse(stdout) as SmokeReport;
    expect(namesOf(report, 'failed')).toEqual([]);
    expect(namesOf(report, 'warned')).toEqual(['tools/list: a made-up cursor is -32602']);
    expect(code).toBe(0);
  });

  it('warns of what only clients of another dialect or era stumble over, and fails what none can read', async ({
    expect,
  }) => {
    const tools = [
      {
        name: 'tuple',
        inputSchema: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', items: [{}] },
      },
      { name: 'two words', inputSchema: { type: 'object' } },
      { name: 'header', inputSchema: { type: 'object', properties: { a: { type: 'number', 'x-mcp-header': 'A' } } } },
    ];
    const listing = `send({ id, result: method === 'tools/list' ? { tools: ${JSON.stringify(tools)} } : {} })`;
    const { stdout, code } = await runCli([
      'client',
      'smoke',
      '--only',
      'tools',
      '--json',
      '--',
      ...stdioServer(listing),
    ]);
    expect(namesOf(JSON.parse(stdout) as SmokeReport, 'warned')).toEqual([
      'declare tuple',
      'declare two words',
      'declare header',
    ]);
    expect(code).toBe(0);
    for (const result of ['{ tools: [null] }', '{ tools: [], nextCursor: null }', '{ tools: {} }']) {
      const server = stdioServer(`send({ id, result: ${result} })`);
      const unreadable = await runCli(['client', 'smoke', '--only', 'tools', '--json', '--', ...server]);
      expect(namesOf(JSON.parse(unreadable.stdout) as SmokeReport, 'failed')).toEqual(['tools/list: every page']);
      expect(unreadable.code).toBe(5);
    }
  });

  it('prints no curl lines in place of its requests, whose answers it needs', async ({ expect }) => {
    const { stdout, stderr, code } = await runCli(['client', 'smoke', '--curl', '--url', 'http://127.0.0.1:9/mcp']);
    expect(stdout).toBe('');
    expect(stderr).toContain('--curl-also');
    expect(code).toBe(1);
  });

  it('says so where there is nothing to check', async ({ expect }) => {
    const { stdout, stderr, code } = await runCli(['client', 'smoke', '--only', 'modern', '--', ...stdioServer('')]);
    expect(stderr).toMatch(/^Nothing was checked: /);
    expect(stdout).toContain('\n0 passed, 0 warned, 0 failed, 0 skipped\n');
    expect(code).toBe(0);
  });

  it('writes XML that holds together, whatever the server says', ({ expect }) => {
    const xml = renderJunit({
      server: 's',
      passed: 0,
      warned: 1,
      failed: 1,
      skipped: 0,
      notCalled: [],
      results: [
        { group: 'tools', name: '<&">', outcome: 'failed', detail: 'a\u0000b"<\n', ms: 1500 },
        { group: 'tools', name: 'w', outcome: 'warned', detail: '</system-out>\uffff', ms: 0 },
      ],
    });
    expect(xml).toContain('failures="1" skipped="0" errors="0"');
    expect(xml).toContain('name="w" time="0"><system-out>warning: &lt;/system-out&gt;\ufffd</system-out></testcase>');
    expect(xml).toContain(
      '<testcase classname="tools" name="&lt;&amp;&quot;&gt;" time="1.5"><failure message="a\ufffdb&quot;&lt; "/></testcase>',
    );
  });
});

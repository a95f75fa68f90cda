import { describe, it } from 'vitest';
import type { SmokeReport } from '../../src/client/smoke/report.js';
import { runCli } from '../helpers/run-cli.js';
import { bodyOf, listen } from './hostile.js';

const namesOf = ({ results }: SmokeReport, outcome: string): string[] =>
  results.filter((result) => result.outcome === outcome).map(({ name }) => name);

const TOOLS = ['a', 'b'].map((name) => ({
  name,
  inputSchema: {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
    required: ['region'],
  },
  annotations: { readOnlyHint: true },
}));

/** A server of the modern era that looks at nothing, stamps nothing, and says what nobody asked it for: what it answers to a request. */
function sloppy(): (message: { id?: unknown; method: string }) => object[] {
  let count = 0;
  return ({ id, method }) => {
    count += 1;
    const answer = (result: object) => ({ jsonrpc: '2.0', id, result });
    const error = (code: number) => ({ jsonrpc: '2.0', id, error: { code, message: 'no' } });
    const hints = { ttlMs: count % 2 ? -1 : 0, cacheScope: count % 2 ? 'public' : 'private' };
    switch (method) {
      case 'server/discover':
        return [
          answer({
            supportedVersions: ['2026-07-28'],
            capabilities: { tools: { listChanged: true }, logging: {} },
            ...hints,
          }),
        ];
      case 'tools/list':
        return [
          { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'listed' } },
          { jsonrpc: '2.0', id: 1, method: 'roots/list' },
          answer({ tools: count % 2 ? TOOLS : TOOLS.toReversed(), ...hints }),
        ];
      case 'resources/list':
        return [answer({ resources: [{ uri: 'a:b', name: 'b' }], ...hints })];
      case 'prompts/list':
        return [error(-32_001)];
      case 'resources/templates/list':
        return [error(-32_042)];
      case 'subscriptions/listen':
        return [error(-32_601)];
      default:
        return [answer({})];
    }
  };
}

const SLOPPY_EVERYWHERE = [
  'nothing is listed that is not declared',
  'a request without protocolVersion is -32602',
  'a request without clientCapabilities is -32602',
];
const SLOPPY_MESSAGES = [
  'subscriptions/listen is acknowledged',
  'every result has a resultType',
  'cacheable results have ttlMs and cacheScope',
  'one cacheScope for all pages of a list',
  'no requests to the client',
  'no log messages that nobody asked for',
  'no error codes that the revision forbids',
];
const REMOVED = ['no/such/method', 'ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'];

describe.concurrent('the smoke test of the modern era', () => {
  it('finds what a server does that looks at no header and no envelope', async ({ expect }) => {
    const answer = sloppy();
    const server = await listen((request, response) => {
      void bodyOf(request).then((body) => {
        const messages = answer(JSON.parse(body) as { id?: unknown; method: string });
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(messages.map((message) => `event: message\ndata: ${JSON.stringify(message)}\n\n`).join(''));
      });
    });
    try {
      const { stdout, code } = await runCli(
        ['client', 'smoke', '--only', 'modern', '--json', '--era', 'modern', '--url', `${server.origin}/mcp`],
        { timeoutMs: 14_000 },
      );
      const report = JSON.parse(stdout) as SmokeReport;
      expect(namesOf(report, 'failed')).toEqual([
        ...SLOPPY_EVERYWHERE,
        'an unsupported version is -32022, with those that are',
        'a request without Mcp-Method is 400 with -32020',
        'another Mcp-Method is 400 with -32020',
        'another MCP-Protocol-Version is 400 with -32020',
        'resources/read without Mcp-Name is 400 with -32020',
        'resources/read with another Mcp-Name is 400 with -32020',
        'tools/call without its Mcp-Param headers is 400 with -32020',
        ...REMOVED.map((method) => `${method} is 404 with -32601`),
        ...SLOPPY_MESSAGES,
      ]);
      expect(namesOf(report, 'warned')).toEqual([
        'tools/list: the same order each time',
        'an unknown log level is -32602',
        'every result says whose it is',
        'no error codes from -32019 to -32000',
      ]);
      expect(code).toBe(5);
    } finally {
      await server.close();
    }
  });

  it('finds what such a server does over stdio', async ({ expect }) => {
    const script = `
      const TOOLS = ${JSON.stringify(TOOLS)};
      const answer = (${sloppy.toString()})();
      require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const message = JSON.parse(line);
        if (message.id !== undefined && message.method !== undefined)
          for (const each of answer(message)) process.stdout.write(JSON.stringify(each) + '\\n');
      });`;
    const { stdout, code } = await runCli(
      ['client', 'smoke', '--only', 'modern', '--json', '--era', 'modern', '--', process.execPath, '-e', script],
      { timeoutMs: 14_000 },
    );
    const report = JSON.parse(stdout) as SmokeReport;
    expect(namesOf(report, 'failed')).toEqual([
      ...SLOPPY_EVERYWHERE,
      ...REMOVED.map((method) => `${method} is -32601`),
      ...SLOPPY_MESSAGES,
    ]);
    expect(namesOf(report, 'warned')).toContain('an unsupported version is -32022, with those that are');
    expect(code).toBe(5);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliResult } from '../helpers/run-cli.js';
import { runCli } from '../helpers/run-cli.js';
import { listen, sendResult, shakesHands, stdioServer } from './hostile.js';
import type { SmallServer } from './hostile.js';

const PAGE = '<!doctype html><html><head><title>Welcome</title></head><body>Hello</body></html>';

/** One line that says what went wrong, at most one that says what to do, and never a stack. */
function expectOneClearLine({ stderr }: CliResult): void {
  const lines = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('note '));
  expect(lines[0], stderr).toMatch(/^mcp-calc: \S/);
  expect(lines.length, stderr).toBeLessThanOrEqual(2);
  expect(stderr).not.toMatch(/^\s+at .*:\d+/m);
}

const servers: Record<string, SmallServer> = {};
const at = (name: string, path = '/mcp'): string => `${servers[name]?.origin}${path}`;

beforeAll(async () => {
  const gone = await listen(() => undefined);
  await gone.close();
  servers.gone = { ...gone, close: () => Promise.resolve() };
  servers.hangs = await listen(() => undefined);
  servers.hangsInCall = await listen(
    shakesHands(
      ({ id, method }, response) => void (method === 'tools/list' && sendResult(response, id, { tools: [] })),
    ),
  );
  servers.dies = await listen(
    shakesHands(({ id, method }, response) => {
      if (method === 'tools/list') sendResult(response, id, { tools: [] });
      else response.socket?.destroy();
    }),
  );
  servers.diesStreaming = await listen(
    shakesHands(({ id, method }, response) => {
      if (method === 'tools/list') sendResult(response, id, { tools: [] });
      else
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(': still there\n\n', () => response.socket?.destroy());
    }),
  );
  servers.endsStreaming = await listen(
    shakesHands(({ id, method }, response) => {
      if (method === 'tools/list') sendResult(response, id, { tools: [] });
      else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': nothing more\n\n');
    }),
  );
  servers.html = await listen(
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE),
  );
  servers.html404 = await listen(
    (_request, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end(PAGE),
  );
  servers.redirects = await listen(
    (_request, response) => void response.writeHead(307, { location: 'http://elsewhere.invalid/mcp' }).end(),
  );
  servers.refuses = await listen((_request, response) => void response.writeHead(401).end());
  servers.overloaded = await listen(
    (_request, response) =>
      void response
        .writeHead(503, { 'content-type': 'application/json' })
        .end('{"error":{"message":"come back later"}}'),
  );
  servers.answersWithErrors = await listen(
    shakesHands(({ id, method }, response) => {
      if (method === 'tools/list') sendResult(response, id, { tools: [] });
      else
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: 'out of\u001b[2J paper' } }));
    }),
  );
});

afterAll(() => Promise.all(Object.values(servers).map((server) => server.close())));

describe.concurrent('a server over HTTP that misbehaves', () => {
  it.each<[name: string, args: () => string[], code: number, words: RegExp]>([
    ['is not there', () => ['ping', '--url', at('gone')], 4, /Nobody listens at http:\/\/127\.0\.0\.1:\d+/],
    ['has a port that HTTP leaves alone', () => ['ping', '--url', 'http://127.0.0.1:9/mcp'], 4, /port 9/],
    ['has no such host', () => ['ping', '--url', 'http://no-such-host.invalid/mcp'], 4, /no-such-host\.invalid/],
    [
      'hangs at once',
      () => ['ping', '--timeout', '0.5', '--url', at('hangs')],
      4,
      /No answer from .* in time[\s\S]*--timeout/,
    ],
    [
      'hangs in a call',
      () => ['call', 'x', '--timeout', '0.5', '--url', at('hangsInCall')],
      4,
      /No answer from .* in time/,
    ],
    ['breaks the connection in a call', () => ['call', 'x', '--url', at('dies')], 4, /broke the connection/],
    [
      'breaks the stream in a call',
      () => ['call', 'x', '--url', at('diesStreaming')],
      4,
      /closed the stream before it answered/,
    ],
    [
      'ends the stream without an answer',
      () => ['call', 'x', '--url', at('endsStreaming')],
      4,
      /closed the stream before it answered/,
    ],
    ['answers with a web page', () => ['ping', '--url', at('html')], 4, /answers with a web page[\s\S]*\/mcp/],
    [
      'has a web page for what it does not know',
      () => ['ping', '--url', at('html404')],
      4,
      /answers with a web page, not with MCP \(HTTP 404\)/,
    ],
    [
      'redirects to another host',
      () => ['ping', '--url', at('redirects')],
      4,
      /redirects to http:\/\/elsewhere\.invalid\/mcp[\s\S]*--url http:\/\/elsewhere\.invalid\/mcp/,
    ],
    ['wants a token', () => ['ping', '--url', at('refuses')], 3, /sign in[\s\S]*login/],
    ['refuses the token', () => ['ping', '--token', 'wrong', '--url', at('refuses')], 3, /401/],
    ['is overloaded', () => ['ping', '--url', at('overloaded')], 4, /HTTP 503\): come back later/],
    ['answers with an error', () => ['call', 'x', '--url', at('answersWithErrors')], 5, /error -32603: out of paper/],
  ])('that %s', async (_name, args, code, words) => {
    const result = await runCli(['client', ...args()]);
    expect(result.stderr).toMatch(words);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe('');
    expectOneClearLine(result);
  });
});

describe.concurrent('a server over stdio that misbehaves', () => {
  it.each<[name: string, args: string[], code: number, words: RegExp]>([
    ['does not exist', ['ping', '--', 'no-such-program-here'], 4, /There is no command "no-such-program-here"/],
    [
      'ends at once',
      ['ping', '--', process.execPath, '-e', 'console.error("no license"); process.exit(3)'],
      4,
      /ended before it answered[\s\S]*no license/,
    ],
    [
      'writes only rubbish to stdout',
      ['ping', '--timeout', '3', '--', process.execPath, '-e', 'console.log("Ready!"); process.stdin.resume()'],
      4,
      /something else on its stdout: .*Ready!/,
    ],
    ['hangs', ['ping', '--timeout', '0.5', '--', process.execPath, '-e', 'process.stdin.resume()'], 4, /No answer/],
    ['dies in a call', ['call', 'x', '--', ...stdioServer('process.exit(1)')], 4, /ended before it answered/],
  ])('that %s', async (_name, args, code, words) => {
    const result = await runCli(['client', ...args]);
    expect(result.stderr).toMatch(words);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe('');
    expectOneClearLine(result);
  });

  it('that writes rubbish between its answers is understood, and told of', async () => {
    const result = await runCli([
      'client',
      'ping',
      '--json',
      '--',
      ...stdioServer('console.log("rubbish"); send({ id, result: {} })'),
    ]);
    expect(result.stderr).toMatch(/^note The server wrote something to stdout that is not JSON-RPC.*rubbish/);
    expect(JSON.parse(result.stdout)).toHaveProperty('ms');
    expect(result.code).toBe(0);
  });
});

describe.concurrent('wrong usage ends with 1 and says what is right', () => {
  it.each<[args: string[], words: RegExp]>([
    [['tols'], /Did you mean .*tools/],
    [['call'], /Usage: mcp-calc client call <tool>/],
    [['ping', '--url', 'localhost'], /"localhost" is not the address/],
    [['ping', '--url', 'http://127.0.0.1:9/', '--', 'node'], /Only one of/],
    [['ping', '--timeout', 'soon', '--url', 'http://127.0.0.1:9/'], /--timeout: "soon" is wrong/],
    [
      ['ping', '--header', 'nonsense', '--url', 'http://127.0.0.1:9/'],
      /--header: a header must look like this: "X-Key: value"$/m,
    ],
    [['tools', '--curl'], /--curl needs --url/],
  ])('%j', async (args, words) => {
    const result = await runCli(['client', ...args]);
    expect(result.stderr).toMatch(words);
    expect(result.code).toBe(1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { EventReader } from '../helpers/event-reader.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { startNodes } from '../helpers/nodes.js';
import { startRedis } from '../helpers/redis.js';
import type { Answer } from '../helpers/rpc.js';
import { ask, openSession, post, request } from '../helpers/rpc.js';
import { runCli } from '../helpers/run-cli.js';

/** A call as text: what `JSON.stringify` makes of a number has lost its digits already. */
const call = (args: string, tool = 'calculate', id = 2) =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${tool}","arguments":${args}}}`;

const LOST = '{"a":9007199254740993,"b":1,"op":"add"}';
const KEPT = '{"a":"9007199254740993","b":1,"op":"add"}';

function expectRefused({ result }: Answer): void {
  expect(result.isError).toBe(true);
  expect(result.content[0].text).toBe(
    'Invalid arguments for tool calculate: a: a JSON number does not keep the digits of 9007199254740993: give it as a string, "9007199254740993"',
  );
}

function expectTrue({ result }: Answer): void {
  expect(result.content[0].text).toMatch(/^ADD: 9007199254740993 \+ 1 = 9007199254740994\n/);
  expect(result.structuredContent).toMatchObject({ value: 9007199254740994 });
}

describe('a number of which a JSON number would lose digits', () => {
  let server: McpServer;
  let stateless: McpServer;
  beforeAll(async () => {
    [server, stateless] = await Promise.all([startMcpServer(), startMcpServer({ storage: 'none' })]);
  });
  afterAll(() => Promise.all([server.close(), stateless.close()]));

  it('is refused over Streamable HTTP, and taken as a string', async () => {
    const session = await openSession(server.url);
    expectRefused(await ask(server.url, session, call(LOST)));
    expectTrue(await ask(server.url, session, call(KEPT)));
    expectRefused(await ask(stateless.url, {}, call(LOST)));
    expectTrue(await ask(stateless.url, {}, call(KEPT)));
  });

  it('is refused within a batch, and the others of it are answered', async () => {
    const session = await openSession(server.url, { version: '2025-03-26' });
    const body = `[${call(LOST)},${call('{"a":1,"b":2,"op":"add"}', 'calculate', 3)}]`;
    const answers = (await ask(server.url, session, body)) as unknown as Answer[];
    expectRefused(answers.find(({ id }) => id === 2) as Answer);
    expect(answers.find(({ id }) => id === 3)?.result.structuredContent.value).toBe(3);
  });

  it('is refused over the legacy SSE, on whichever node it arrives', async () => {
    const redis = await startRedis();
    const nodes = await startNodes({ redisUrl: redis.url, count: 2 });
    const [a, b] = nodes.servers;
    const reader = new EventReader(await fetch(String(a?.sseUrl)));
    try {
      const path = (await reader.next())?.data ?? '';
      for (const node of [a, b]) {
        expect((await post(`${node?.origin}${path}`, call(LOST))).status).toBe(202);
        expectRefused((await reader.message()) as Answer);
      }
    } finally {
      await reader.close();
      await nodes.close();
      await redis.stop();
    }
  });

  it('is refused over stdio', async () => {
    const { stdout } = await runCli(['stdio'], { input: `${call(LOST)}\n${call(KEPT, 'calculate', 3)}\n` });
    const answers = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Answer);
    expectRefused(answers.find(({ id }) => id === 2) as Answer);
    expectTrue(answers.find(({ id }) => id === 3) as Answer);
  });

  it.each([
    ['batch_calculate', '{"calculations":[{"a":1,"b":0.12345678901234567890,"op":"add"}]}', 'calculations.0.b'],
    ['advanced_calculate', '{"operation":"sqrt","value":12345678901234567890}', 'value'],
    ['evaluate', '{"expression":"x","variables":{"x":1e400}}', 'variables.x'],
  ])('is refused by %s', async (tool, args, path) => {
    const { result } = await ask(stateless.url, {}, call(args, tool));
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toContain(`${path}: a JSON number does not keep the digits of`);
  });

  it('is refused beyond 2^53 even where its digits are kept: its sender may have rounded it', async () => {
    for (const a of ['9007199254740992', '-1e300']) {
      const { result } = await ask(stateless.url, {}, call(`{"a":${a},"b":1,"op":"add"}`));
      expect(result.isError).toBe(true);
      expect(result.content[0].text).toContain(
        'is beyond 2^53, where a JSON number does not keep every digit: give it as a string',
      );
    }
    const { result } = await ask(stateless.url, {}, call('{"a":9007199254740991,"b":1,"op":"add"}'));
    expect(result.structuredContent.value).toBe(9007199254740992);
  });

  it('spoils no other calculation of a batch_calculate', async () => {
    const args = '{"calculations":[{"a":9007199254740992,"b":1,"op":"add"},{"a":1,"b":1,"op":"add"}]}';
    const { result } = await ask(stateless.url, {}, call(args, 'batch_calculate'));
    expect(result.structuredContent).toMatchObject({ succeeded: 1, failed: 1 });
  });

  it('stands in the history as it was, so that what is told of it later is true as well', async () => {
    const session = await openSession(server.url);
    await ask(server.url, session, call('{"a":"9007199254740992","b":"1","op":"add"}'));
    const { result } = await ask(server.url, session, call('{}', 'history_summary'));
    expect(result.content[0].text).toContain('1. 9007199254740992 + 1 = 9007199254740993 (add)');
    expect(result.structuredContent.calculations[0]).toMatchObject({
      value: 9007199254740992,
      exact: '9007199254740993',
    });
  });

  it('is the nearest double for an author whose tool does not ask for more', async () => {
    const tool = defineTool({
      name: 'calculate',
      title: 'Echo',
      description: 'Says what it got',
      inputSchema: { type: 'object', properties: { a: { type: 'number' } } },
      handler: ({ a }) => ({ content: [{ type: 'text', text: String(a) }] }),
    });
    const other = await startMcpServer({ storage: 'none', offer: defineCatalog({ tools: [tool] }) });
    const { result } = await ask(other.url, {}, call(LOST));
    expect(result.content[0].text).toBe('9007199254740992');
    await other.close();
  });

  it('is told in the schema of every operand: a number or a string', async () => {
    const { result } = await ask(stateless.url, {}, request('tools/list'));
    const { a } = (result.tools as { name: string; inputSchema: { properties: Record<string, object> } }[]).find(
      ({ name }) => name === 'calculate',
    )?.inputSchema.properties as Record<string, object>;
    expect(a).toMatchObject({ description: 'First operand', anyOf: [{ type: 'number' }, { type: 'string' }] });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calculatorCatalog } from '../../src/calculator-catalog/index.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import type { Answer } from '../helpers/rpc.js';
import { ask, callOf, openSession, request } from '../helpers/rpc.js';

const read = (uri: string) => request('resources/read', { uri });
const prompt = (name: string, args: Record<string, string> = {}) => request('prompts/get', { name, arguments: args });

describe('the whole catalog in a session', () => {
  let server: McpServer;
  let send: (body: unknown) => Promise<Answer>;

  beforeAll(async () => {
    server = await startMcpServer();
    const session = await openSession(server.url);
    send = (body) => ask(server.url, session, body);
  });
  afterAll(() => server.close());

  it('shows every tool with an object as input and output schema', async () => {
    const { result } = await send(request('tools/list'));
    expect(result.nextCursor).toBeUndefined();
    expect(result.tools).toHaveLength(calculatorCatalog().tools.length);
    for (const tool of result.tools as Record<string, unknown>[]) {
      expect(tool, String(tool['name'])).toMatchObject({
        inputSchema: { type: 'object' },
        outputSchema: { type: 'object' },
      });
    }
  });

  it('pages the resources by ten, each once', async () => {
    const uris: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const { result } = await send(request('resources/list', cursor === undefined ? {} : { cursor }));
      uris.push(...(result.resources as { uri: string }[]).map(({ uri }) => uri));
      sizes.push(result.resources.length as number);
      cursor = result.nextCursor as string | undefined;
    } while (cursor !== undefined && sizes.length < 20);
    expect(sizes).toEqual([...Array(10).fill(10), 6]);
    expect(new Set(uris).size).toBe(106);
  });

  it('reads every resource that it lists on the first page', async () => {
    const { result } = await send(request('resources/list'));
    for (const { uri } of result.resources as { uri: string }[]) {
      expect((await send(read(uri))).result?.contents, uri).toEqual([expect.objectContaining({ uri })]);
    }
  });

  it('keeps a solved problem in the history, and completes its id', async () => {
    const { result } = await send(callOf('solve_math_problem', { problem: '12 times 4' }));
    const id = result.structuredContent.calculationId as string;
    const entry = await send(read(`calculator://history/${id}`));
    expect(JSON.parse(entry.result.contents[0].text as string)).toMatchObject({ id, expression: '12 * 4', value: 48 });
    const ref = { type: 'ref/resource', uri: 'calculator://history/{calculationId}' };
    const completed = await send(
      request('completion/complete', { ref, argument: { name: 'calculationId', value: '' } }),
    );
    expect(completed.result.completion.values).toContain(id);
  });

  it('refuses to tell of another session', async () => {
    const other = await openSession(server.url);
    const uri = `session://info/${other['Mcp-Session-Id']}`;
    expect((await ask(server.url, other, read(uri))).result).toBeDefined();
    expect((await send(read(uri))).error).toMatchObject({ code: -32002, data: { uri } });
  });

  it.each(['expression', 'calculation', 'operation'])('explains a calculation given as %s', async (name) => {
    const { result } = await send(prompt('explain-calculation', { [name]: '2 * (3 + 4)' }));
    expect(result.messages[0].content.text).toContain('**14**');
  });

  it.each([
    ['explain-calculation', {}],
    ['explain-calculation', { expression: '1 + 1', level: 'expert' }],
    ['generate-problems', { topic: 'area', count: '11' }],
    ['generate-problems', { topic: 'area', difficulty: 'impossible' }],
    ['solve_math_problem', { showSteps: 'true' }],
  ])('refuses %s with the arguments %j', async (name, args) => {
    expect((await send(prompt(name, args as Record<string, string>))).error?.code).toBe(-32602);
  });
});

describe('the minimal build without sessions', () => {
  let server: McpServer;
  let send: (body: unknown) => Promise<Answer>;

  beforeAll(async () => {
    server = await startMcpServer({ storage: 'none', offer: calculatorCatalog({ minimal: true }) });
    send = (body) => ask(server.url, {}, body);
  });
  afterAll(() => server.close());

  it.each([
    ['batch_calculate', -32601],
    ['advanced_calculate', -32601],
    ['solve_math_problem', -32004],
    ['explain_formula', -32004],
    ['calculator_assistant', -32004],
    ['evaluate', -32602],
    ['history_summary', -32602],
  ])('answers a call of %s with %d', async (name, code) => expect((await send(callOf(name))).error?.code).toBe(code));

  it.each(['solve_math_problem', 'explain_formula', 'calculator_assistant'])(
    'withholds the prompt %s',
    async (name) => {
      expect((await send(prompt(name))).error).toMatchObject({ code: -32004, message: 'Available in extended build' });
    },
  );

  it('has no prompt review-history', async () => {
    expect((await send(prompt('review-history'))).error?.code).toBe(-32602);
  });

  it.each(['calculator://history', 'calculator://history/1', 'calculator://tables/7', 'session://info'])(
    'has no %s',
    async (uri) => {
      expect((await send(read(uri))).error).toMatchObject({ code: -32002, data: { uri } });
    },
  );

  it.each(['calculator://constants', 'calculator://stats', 'formulas://library', 'request://current'])(
    'reads %s',
    async (uri) => {
      expect((await send(read(uri))).result.contents).toEqual([
        expect.objectContaining({ uri, mimeType: 'application/json' }),
      ]);
    },
  );

  it.each([
    ['explain-calculation', { operation: '1 + 1' }],
    ['generate-problems', { topic: 'area' }],
    ['calculator-tutor', {}],
  ])('gives the prompt %s', async (name, args) => {
    expect((await send(prompt(name, args as Record<string, string>))).result.messages).toHaveLength(1);
  });
});

describe('the whole catalog without sessions', () => {
  let server: McpServer;
  let send: (body: unknown) => Promise<Answer>;

  beforeAll(async () => {
    server = await startMcpServer({ storage: 'none' });
    send = (body) => ask(server.url, {}, body);
  });
  afterAll(() => server.close());

  it.each(['calculator://history', 'calculator://history/1', 'session://info', 'session://info/1'])(
    'has no %s',
    async (uri) => {
      expect((await send(read(uri))).error).toMatchObject({ code: -32002, data: { uri } });
    },
  );

  it('lists nothing that needs a session', async () => {
    const { result } = await send(request('resources/list'));
    const uris = (result.resources as { uri: string }[]).map(({ uri }) => uri);
    expect(uris.slice(0, 4)).toEqual([
      'calculator://constants',
      'calculator://stats',
      'formulas://library',
      'request://current',
    ]);
    const templates = await send(request('resources/templates/list'));
    expect(templates.result.resourceTemplates).toEqual([
      expect.objectContaining({ uriTemplate: 'calculator://tables/{n}' }),
    ]);
  });

  it('solves problems all the same', async () => {
    const { result } = await send(callOf('solve_math_problem', { problem: '20% of 150' }));
    expect(result.structuredContent).toMatchObject({ value: 30 });
    expect(result.structuredContent).not.toHaveProperty('calculationId');
  });
});

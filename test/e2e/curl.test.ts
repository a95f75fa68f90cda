import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const run = promisify(execFile);

/** Runs lines for a shell as they stand in the documents, but for the port. */
async function shell(server: SpawnedServer, lines: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', lines.replaceAll(/localhost:\d+/g, `localhost:${server.port}`)], {
    timeout: 10_000,
  });
  return stdout;
}

describe('the documented curl lines, stateful', () => {
  let server: SpawnedServer;

  beforeAll(async () => {
    server = await spawnServer(['http', '--stateful']);
  });

  afterAll(() => server.stop());

  test('health', async () => {
    const health = JSON.parse(await shell(server, 'curl -s http://localhost:1453/health')) as Record<string, unknown>;
    expect(health).toMatchObject({ status: 'healthy', pattern: 'stateful', storageMode: 'in-memory' });
  });

  test('metrics', async () => {
    expect(await shell(server, 'curl -s http://localhost:1453/metrics')).toMatch(/^mcp_active_sessions \d+$/m);
  });

  test('a session by the grep recipe, with nothing but a protocolVersion, and a call in it', async () => {
    const out = await shell(
      server,
      `SESSION_ID=$(curl -s -i -X POST http://localhost:1453/mcp \\
-H "Content-Type: application/json" \\
-d '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"1.0.0"}}' \\
| grep -i Mcp-Session-Id | awk '{print $2}' | tr -d '\\r')
echo "Acquired Session ID: $SESSION_ID"
curl -s -X POST http://localhost:1453/mcp \\
-H "Content-Type: application/json" \\
-H "Mcp-Session-Id: $SESSION_ID" \\
-d '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"calculate","arguments":{"a":100,"b":50,"op":"add"}}}'`,
    );
    const [first = '', answer = ''] = out.split('\n');
    expect(first).toMatch(/^Acquired Session ID: [\w-]{36}$/);
    expect(JSON.parse(answer)).toMatchObject({ id: 2, result: { structuredContent: { value: 150 } } });
  });
});

describe('the documented curl lines, stateless', () => {
  let server: SpawnedServer;

  beforeAll(async () => {
    server = await spawnServer(['http', '--stateless'], { SAMPLE_TOOL_NAME: 'educational_echo' });
  });

  afterAll(() => server.stop());

  test('a calculation as an array, answered by an array', async () => {
    const out = await shell(
      server,
      `curl -s -X POST http://localhost:1071/mcp \\
-H 'Content-Type: application/json' \\
-d '[{
"jsonrpc": "2.0",
"id": "req-1",
"method": "tools/call",
"params": {
"name": "calculate",
"arguments": { "a": 100, "b": 5, "op": "divide", "precision": 4 }
}
}]'`,
    );
    const [{ id, result }] = JSON.parse(out) as [{ id: string; result: { content: unknown } }];
    expect(id).toBe('req-1');
    expect(result.content).toEqual([
      {
        type: 'text',
        text: 'DIVIDE: 100 ÷ 5 = 20\n\nSteps:\nInput: 100 divide 5\nDivision: 100 ÷ 5 = 20\nFinal result (4 decimal places): 20',
      },
    ]);
  });

  test('live progress with -N', async () => {
    const out = await shell(
      server,
      `curl -s -N -X POST http://localhost:1071/mcp \\
-H 'Content-Type: application/json' \\
-d '[{
"jsonrpc": "2.0",
"id": "req-2",
"method": "tools/call",
"params": {
"name": "demo_progress",
"arguments": {}
}
}]'`,
    );
    const messages = [...out.matchAll(/^data: (.+)$/gm)].map(
      ([, data]) => JSON.parse(String(data)) as Record<string, never>,
    );
    expect(messages.slice(0, -1).map(({ params }) => (params as unknown as { data: string }).data)).toEqual(
      [1, 2, 3, 4, 5].map((step) => `Progress step ${step} of 5`),
    );
    expect(messages.at(-1)).toEqual({
      jsonrpc: '2.0',
      id: 'req-2',
      result: expect.objectContaining({
        content: [{ type: 'text', text: 'Progress demonstration completed with 5 steps' }],
      }) as unknown,
    });
  });

  test('the sample tool, by message and by value, listed first', async () => {
    const call = (args: string) =>
      shell(
        server,
        `curl -s -X POST http://localhost:1071/mcp \\
-H 'Content-Type: application/json' \\
-d '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"educational_echo","arguments":${args}},"id":1}'`,
      );
    expect(await call('{"message":"Hello MCP!"}')).toContain('Sample tool \\"educational_echo\\" received: Hello MCP!');
    expect(await call('{"value":"5"}')).toContain('test string print: 5');
    const list = await shell(
      server,
      `curl -s -X POST http://localhost:1071/mcp -H 'Content-Type: application/json' -d '{"jsonrpc":"2.0","method":"tools/list","id":1}'`,
    );
    const { result } = JSON.parse(list) as { result: { tools: { name: string }[] } };
    expect(result.tools.slice(0, 2).map(({ name }) => name)).toEqual(['educational_echo', 'calculate']);
  });

  test('health in detail', async () => {
    expect(JSON.parse(await shell(server, 'curl -s http://localhost:1071/health/detailed'))).toMatchObject({
      status: 'healthy',
      pattern: 'stateless',
      memory: { rss: expect.any(Number) as number },
      node: expect.anything() as unknown,
    });
  });
});

describe('the modern call of docs/wire.md', () => {
  let server: SpawnedServer;

  beforeAll(async () => {
    server = await spawnServer(['http']);
  });

  afterAll(() => server.stop());

  test('its lines, run one after the other, are answered as it says', async () => {
    const text = readFileSync(join(import.meta.dirname, '../../docs/wire.md'), 'utf8');
    const blocks = (kind: string) =>
      [...text.matchAll(new RegExp(`\`\`\`${kind}\n(.*?)\n\`\`\``, 'gs'))].map(([, block]) => block);
    const out = await shell(server, blocks('sh').join('\necho\n'));
    const answers = out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
    const told = blocks('json').map((block) => JSON.parse(String(block)) as unknown);
    expect(told.length).toBeGreaterThan(4);
    expect(answers).toHaveLength(told.length);
    for (const [index, answer] of answers.entries()) expect(answer).toMatchObject(withGaps(told[index]) as object);
  });
});

/** Has every `…` of a document stand for whatever is there. */
function withGaps(told: unknown): unknown {
  if (typeof told === 'string')
    return told.endsWith('…') ? (expect.stringMatching(new RegExp(`^${told.slice(0, -1)}.`)) as unknown) : told;
  if (Array.isArray(told)) return told.map(withGaps);
  if (typeof told !== 'object' || told === null) return told;
  return Object.fromEntries(Object.entries(told).map(([key, value]) => [key, withGaps(value)]));
}

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Inspector, Printed } from '../helpers/inspector.js';
import { openInspector } from '../helpers/inspector.js';
import { binary } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const EXAMPLES = join(import.meta.dirname, '../../examples');

const WAYS = ['stdio', 'stateful', 'stateless'] as const;
const ERAS = ['legacy', 'auto', 'modern'] as const;
const SERVERS = {
  calculator: [],
  'an SDK 2.x server': ['--server', join(EXAMPLES, 'sdk2-server/server.js')],
  'an SDK 1.x server': ['--server', join(EXAMPLES, 'sdk-server/server.js')],
} as const;
type Server = keyof typeof SERVERS;

let inspector: Inspector;

beforeAll(async () => {
  inspector = await openInspector();
});
afterAll(() => inspector.remove());

describe.each(WAYS)('the Inspector over %s', (way) => {
  const servers = new Map<Server, SpawnedServer>();

  beforeAll(async () => {
    if (way === 'stdio') return;
    for (const [name, args] of Object.entries(SERVERS))
      servers.set(name as Server, await spawnServer(['http', `--${way}`, ...args]));
  });
  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  });

  function targetOf(name: Server): readonly string[] {
    const server = servers.get(name);
    if (server) return ['--transport', 'http', '--server-url', `${server.origin}/mcp`];
    return ['--', process.execPath, binary, 'stdio', ...SERVERS[name]];
  }

  describe.each(ERAS)('in its era %s', (era) => {
    const ask = (name: Server, method: string, ...args: string[]) =>
      inspector.inspect(['--protocol-era', era, '--method', method, ...args], targetOf(name));
    /** Only results of the modern era say who answers. */
    const isModern = ({ result }: Printed) => result._meta?.['io.modelcontextprotocol/serverInfo'] !== undefined;

    test('lists, calls, reads and prompts', async () => {
      const list = await ask('calculator', 'tools/list');
      expect(list.result.tools.map(({ name }: { name: string }) => name)).toContain('calculate');
      const call = await ask(
        'calculator',
        'tools/call',
        '--tool-name',
        'calculate',
        '--tool-arg',
        'a=6',
        'b=7',
        'op=multiply',
      );
      expect(call.result.structuredContent).toMatchObject({ value: 42 });
      expect(isModern(call)).toBe(era !== 'legacy');
      const read = await ask('calculator', 'resources/read', '--uri', 'calculator://constants');
      expect(read.result.contents).toHaveLength(1);
      const prompt = await ask(
        'calculator',
        'prompts/get',
        '--prompt-name',
        'calculator_assistant',
        '--prompt-args',
        'query=why',
      );
      expect(prompt.result.messages).toHaveLength(1);
    });

    test('calls a tool of an SDK 2.x server', async () => {
      const call = await ask('an SDK 2.x server', 'tools/call', '--tool-name', 'greet', '--tool-arg', 'name=Ada');
      expect(call.result.content).toEqual([{ type: 'text', text: 'Hello, Ada' }]);
      expect(isModern(call)).toBe(era !== 'legacy');
    });

    test(`${era === 'modern' ? 'is refused by' : 'calls a tool of'} an SDK 1.x server`, async () => {
      const call = ask('an SDK 1.x server', 'tools/call', '--tool-name', 'greet', '--tool-arg', 'name=Ada');
      if (era === 'modern') await expect(call).rejects.toThrow(/made with the MCP SDK 1\.x/);
      else await expect(call).resolves.toMatchObject({ result: { content: [{ text: 'Hello, Ada' }] } });
    });
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binary } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const run = promisify(execFile);
const EXAMPLES = join(import.meta.dirname, '../../examples');
/** It needs a newer Node than this project does; npm brings both. */
const PACKAGES = ['-p', 'node@24', '-p', '@modelcontextprotocol/inspector@2.12.0'];
const LIMIT_MS = 40_000;

const WAYS = ['stdio', 'stateful', 'stateless'] as const;
const ERAS = ['legacy', 'auto', 'modern'] as const;
const SERVERS = {
  calculator: [],
  'an SDK 2.x server': ['--server', join(EXAMPLES, 'sdk2-server/server.js')],
  'an SDK 1.x server': ['--server', join(EXAMPLES, 'sdk-server/server.js')],
} as const;
type Server = keyof typeof SERVERS;

/** What the Inspector prints. */
interface Printed {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test looks into a shape of its own
  readonly result: any;
}

const home = mkdtempSync(join(tmpdir(), 'mcp-calc-inspector-'));
let node: string;
let inspector: string;

beforeAll(async () => {
  const where = ['sh', '-c', 'command -v node && command -v mcp-inspector'];
  const { stdout } = await run('npx', ['-y', '--prefer-offline', ...PACKAGES, ...where], { timeout: 110_000 });
  [node = '', inspector = ''] = stdout.trim().split('\n');
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the Inspector's command line, as a newcomer: with nothing in its home. Rejects where it exits with an error. */
async function inspect(args: readonly string[], target: readonly string[]): Promise<Printed> {
  const all = [inspector, '--cli', '--format', 'json', '--quiet', ...args, ...target];
  const { stdout } = await run(node, all, { timeout: LIMIT_MS, env: { ...process.env, HOME: home } });
  return JSON.parse(stdout) as Printed;
}

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
      inspect(['--protocol-era', era, '--method', method, ...args], targetOf(name));
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

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const PACKING_MS = 110_000;
/** The manifest names the packer, and is judged by it: the one that hosts are built with. */
const [PACKER = ''] = /@anthropic-ai\/mcpb@[\d.]+/.exec(readFileSync(join(ROOT, 'scripts/bundle.js'), 'utf8')) ?? [];

interface Manifest {
  version: string;
  icon: string;
  tools: { name: string }[];
  server: { mcp_config: { command: string; args: string[] } };
}

const made = mkdtempSync(join(tmpdir(), 'mcp-calc-bundle-'));
const folder = join(made, 'unpacked');
let manifest: Manifest;

beforeAll(async () => {
  await run(process.execPath, [join(ROOT, 'scripts/bundle.js'), made], { timeout: PACKING_MS });
  const [bundle = ''] = readdirSync(made);
  expect(bundle).toMatch(/^mcp-calc-\d+\.\d+\.\d+.*\.mcpb$/);
  mkdirSync(folder);
  await run('npx', ['-y', '-p', PACKER, 'mcpb', 'unpack', join(made, bundle), folder], { timeout: PACKING_MS });
  manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
}, 2 * PACKING_MS);
afterAll(() => rmSync(made, { recursive: true }));

test('the bundle has its manifest, its icon and what runs, and nothing else', () => {
  expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'bin', 'dist', 'icon.png', 'manifest.json', 'package.json']);
  expect(manifest.icon).toBe('icon.png');
  expect(
    readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) => /\.(map|ts)$/.test(file)),
  ).toEqual([]);
});

test('the bundle runs from a folder of its own, as a host starts it, and offers what its manifest says', async () => {
  const { command, args } = manifest.server.mcp_config;
  const transport = new StdioClientTransport({
    command: command === 'node' ? process.execPath : command,
    args: args.map((arg) => arg.replace('${__dirname}', folder)),
    cwd: made,
    env: {},
  });
  const client = new Client({ name: 'host', version: '1.0.0' });
  await client.connect(transport);
  try {
    expect(client.getServerVersion()).toMatchObject({ name: 'mcp-calc', version: manifest.version });
    const { tools } = await client.listTools();
    expect(manifest.tools.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
    const called = await client.callTool({ name: 'calculate', arguments: { a: 100, b: 50, op: 'add' } });
    expect(called.structuredContent).toMatchObject({ value: 150 });
  } finally {
    await client.close();
  }
});

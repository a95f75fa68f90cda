import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const PROGRAM = `
import { defineCatalog, defineTool } from 'mcp-calc';
import { createFetchHandler } from 'mcp-calc/fetch';
const greet = defineTool({
  name: 'greet',
  title: 'Greet',
  description: 'Greets somebody',
  inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  handler: ({ name }, context) => ({ content: [{ type: 'text', text: String(name) + context.request.method }] }),
});
// @ts-expect-error a tool has a name
defineTool({ title: 'x', description: 'x', inputSchema: { type: 'object' }, handler: () => ({ content: [] }) });
export default createFetchHandler(defineCatalog({ name: 'mine', tools: [greet] }));
`;

const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-no-zod-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the types of the package are strict and sound where zod is not installed', async () => {
  const home = join(folder, 'node_modules/mcp-calc');
  mkdirSync(home, { recursive: true });
  for (const part of ['package.json', 'dist']) cpSync(join(ROOT, part), join(home, part), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'mine.ts'), PROGRAM);
  const args = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2023'];
  const compiling = promisify(execFile)(
    process.execPath,
    [TSC, ...args, '--lib', 'es2023,dom', '--ignoreConfig', 'mine.ts'],
    { cwd: folder },
  );
  const { stdout } = await compiling.catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
}, 60_000);

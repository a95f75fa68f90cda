import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
/** What it has: the program, the library in three entries, their maps, the documents and examples. Half as much again would have something that does not belong there. */
const MAX_BYTES = 2_000_000;

/** A folder of somebody who has installed the tarball, and beside it what the examples ask for. */
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-package-'));
const installed = join(folder, 'node_modules/mcp-calc');
const examples = join(folder, 'examples');
let size: number;
let packed: string;

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const [{ filename, size: bytes }] = JSON.parse(stdout) as [{ filename: string; size: number }];
  size = bytes;
  packed = filename;
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
  mkdirSync(join(folder, 'node_modules/@modelcontextprotocol'));
  for (const name of ['zod', '@modelcontextprotocol/sdk', '@modelcontextprotocol/server'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  cpSync(join(ROOT, 'examples'), examples, { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true }));

const mcpCalc = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [join(folder, 'node_modules/.bin/mcp-calc'), ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  });

describe('the tarball', () => {
  test('brings the program, the library, their maps and documents, and nothing to install beside', () => {
    expect(
      readdirSync(join(folder, 'node_modules'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['@modelcontextprotocol', 'mcp-calc', 'zod']);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'bin/mcp-calc.js',
        'dist/cli/main.js.map',
        'dist/fetch.js',
        'dist/testing.js',
        'dist/types/fetch.d.ts',
        'dist/types/index.d.ts',
        'dist/types/testing.d.ts',
        'dist/THIRD-PARTY-LICENSES.txt',
        'docs/settings.md',
        'examples/everything/catalog.js',
      ]),
    );
    expect(
      files.filter((file) => /^(src|test|scripts)\b|node_modules|(?<!\.d)\.ts$|contents\.json$/.test(file)),
    ).toEqual([]);
    expect(size).toBeLessThan(MAX_BYTES);
  });

  test('is found by every tool in the way that its manifest says', async () => {
    const tarball = join(folder, packed);
    const program = (name: string, ...args: string[]) => run('npx', ['--no-install', name, ...args], { cwd: ROOT });
    expect((await program('publint', 'run', tarball, '--strict')).stdout).toContain('All good!');
    // It has no CommonJS, and no file for who does not read `exports`.
    await program('attw', tarball, '--profile', 'esm-only');
  });

  test('has maps that lead from where it is to the sources, without their texts', () => {
    const map = JSON.parse(readFileSync(join(installed, 'dist/cli/main.js.map'), 'utf8')) as {
      sources: string[];
      sourcesContent?: unknown;
    };
    expect(map.sources).toContain('../../src/cli/main.ts');
    expect(map.sourcesContent).toBeUndefined();
  });

  test('says its version, and at the log level debug where in the sources a fault is', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect((await mcpCalc(['--version'])).stdout.trim()).toBe(version);
    await expect(mcpCalc(['http', '--port', '99999'], { LOG_LEVEL: 'debug' })).rejects.toThrow(
      /mcp-calc\/src\/config\/[\w-]+\.ts:\d+:\d+/,
    );
  });

  test('has types that the code of an author compiles against', async () => {
    const code = `import { defineCatalog, defineTool } from 'mcp-calc';
const tool = defineTool({ name: 't', title: 'T', description: 'T.', inputSchema: { type: 'object' }, handler: () => ({ content: [] }) });
export default defineCatalog({ name: 'c', version: '1.0.0', tools: [tool] });
// @ts-expect-error a tool has a handler
defineTool({ name: 't', title: 'T', description: 'T.', inputSchema: { type: 'object' } });
`;
    writeFileSync(join(folder, 'author.ts'), code);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const compiled = run(process.execPath, [tsc, '--noEmit', '--strict', '--module', 'nodenext', 'author.ts'], {
      cwd: folder,
    });
    await expect(compiled.catch((error: { stdout: string }) => error)).resolves.toMatchObject({ stdout: '' });
  });
});

describe('an example beside the installed package', () => {
  // The broken one is a program of its own, and not for --server.
  const servers = readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('server.js') && !file.startsWith('broken'),
  );

  test.each(servers)('%s starts and lists its tools', async (server) => {
    const { stdout } = await mcpCalc([
      'client',
      'tools',
      '--json',
      '--',
      process.execPath,
      join(installed, 'bin/mcp-calc.js'),
      'stdio',
      '--server',
      join(examples, server),
    ]);
    expect((JSON.parse(stdout) as { tools: unknown[] }).tools.length).toBeGreaterThan(0);
  });
});

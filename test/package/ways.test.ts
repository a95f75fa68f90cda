import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const LINE_MS = 50_000;

/** An empty folder with the tarball in it, as the README has one get there, and nothing of this repository. */
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-ways-'));
const installed = join(folder, 'node_modules/mcp-calc');
const { PATH = '' } = process.env;
const env = { PATH, HOME: folder };
const readme = (): string => readFileSync(join(installed, 'README.md'), 'utf8');

beforeAll(async () => {
  const packing = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', packing, { cwd: ROOT });
  await run('npm', ['init', '-y'], { cwd: folder });
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${stdout.trim()}`], { cwd: folder });
  symlinkSync(join(ROOT, 'node_modules/zod'), join(folder, 'node_modules/zod'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A line of a page, as it stands there, in the folder. */
const line = (text: string): ReturnType<typeof run> => run('sh', ['-ec', text], { cwd: folder, env, timeout: LINE_MS });
const mcpCalc = (...args: string[]): ReturnType<typeof run> =>
  run('npx', ['mcp-calc', ...args], { cwd: folder, env, timeout: LINE_MS });

/** Starts a server by `npx`, and hands over where it listens. */
async function serving(args: readonly string[], act: (url: string) => Promise<void>): Promise<void> {
  const server = spawn(
    process.execPath,
    [join(installed, 'bin/mcp-calc.js'), ...args, '--port', '0', '--log-format', 'json'],
    {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const closed = once(server, 'close');
  try {
    let url = '';
    for await (const said of createInterface({ input: server.stderr })) {
      url = /listening on (http:\/\/[\w.:]+\/mcp)/.exec(said)?.[1] ?? '';
      if (url !== '') break;
    }
    server.stderr.resume();
    await act(url);
  } finally {
    server.kill('SIGTERM');
    await closed;
  }
}

test('a learner calls the calculator by the first line after the start', () =>
  serving(['http', '--stateless'], async (url) => {
    const [call = ''] = /^npx mcp-calc client call calculate .*$/m.exec(readme()) ?? [];
    expect((await line(call.replace('http://127.0.0.1:1071/mcp', url))).stdout).toContain('ADD: 100 + 50 = 150');
  }));

test('a learner has the calculator in an editor: what config prints is started and called', async () => {
  const { stdout } = await mcpCalc('config', 'claude-desktop');
  const { mcpServers } = JSON.parse(String(stdout)) as {
    mcpServers: { 'mcp-calc': { command: string; args: string[] } };
  };
  const client = new Client({ name: 'editor', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ ...mcpServers['mcp-calc'], cwd: tmpdir(), env }));
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('calculate');
  await client.close();
});

test('a developer of a client meets what the calculator has no use for, out of the examples of the tarball', async () => {
  cpSync(join(installed, 'examples/everything'), join(folder, 'everything'), { recursive: true });
  const { stdout } = await mcpCalc('client', 'call', 'content_image', '--server', './everything/catalog.js');
  expect(stdout).toContain('image/png');
});

describe('an author', () => {
  test('serves the sample of the README right after npm init -y', async () => {
    const [, name = '', code = ''] = /```js\n\/\/ (\S+)\n([^]*?)```/.exec(readme()) ?? [];
    writeFileSync(join(folder, name), code);
    const [call = ''] = /^npx mcp-calc client call greet .*$/m.exec(readme()) ?? [];
    expect((await line(call)).stdout).toContain('Hello, Ada');
    await serving(['http', '--server', `./${name}`], async (url) => {
      expect((await mcpCalc('client', 'tools', '--url', url)).stdout).toContain('greet');
    });
  });

  test('is told how where the sample has a name that npm init -y has made one of CommonJS', async () => {
    const [, code = ''] = /```js\n([^]*?)```/.exec(readme()) ?? [];
    writeFileSync(join(folder, 'mine.js'), code);
    await expect(mcpCalc('http', '--server', './mine.js')).rejects.toThrow('end its name in .mjs');
  });
});

test('an operator sees a server become well, ready and counted', () =>
  serving(['http'], async (url) => {
    expect((await mcpCalc('health', '--wait', '20s', url)).stdout).toContain('healthy');
    expect((await fetch(new URL('/readyz', url))).status).toBe(200);
    expect(await (await fetch(new URL('/metrics', url))).text()).toContain('mcp_active_sessions');
  }));

test('an author of CI has a server judged by what it must answer, and a report', async () => {
  mkdirSync(join(folder, 'ci'));
  for (const file of ['own-server/server.js', 'ci/smoke.json'])
    cpSync(join(installed, 'examples', file), join(folder, 'ci', file.split('/')[1] ?? ''));
  writeFileSync(join(folder, 'ci/package.json'), '{ "type": "module" }');
  const judged = ['--expect', 'ci/smoke.json', '--junit', 'ci/report.xml', '--server', './ci/server.js'];
  expect((await mcpCalc('client', 'smoke', ...judged)).stdout).toMatch(/ 0 failed/);
  expect(readFileSync(join(folder, 'ci/report.xml'), 'utf8')).toContain('<testsuites');
});

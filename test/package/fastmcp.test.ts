import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SmokeReport } from '../../src/client/smoke/report.js';
import { spawnCommand } from '../helpers/child-server.js';
import { eventually } from '../helpers/eventually.js';
import { freePort } from '../helpers/redis.js';
import { runCli } from '../helpers/run-cli.js';

/** It brings 190 packages: too many for every `npm ci` of this project. */
const PACKAGE = 'fastmcp@4.20.16';
const SERVER = `
import { FastMCP } from 'fastmcp';
import { z } from 'zod';
const server = new FastMCP({ name: 'fast', version: '1.0.0' });
server.addTool({ name: 'greet', parameters: z.object({ name: z.string() }), annotations: { readOnlyHint: true }, execute: async ({ name }) => 'Hello, ' + name });
server.addResource({ uri: 'fast://note', name: 'note', mimeType: 'text/plain', load: async () => ({ text: 'a note' }) });
server.addPrompt({ name: 'welcome', arguments: [{ name: 'name', required: true }], load: async ({ name }) => 'Welcome ' + name });
const [, , port] = process.argv;
await server.start(port ? { transportType: 'httpStream', httpStream: { port: Number(port) } } : { transportType: 'stdio' });
`;

const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-fastmcp-'));
const program = join(folder, 'server.js');

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(program, SERVER);
  await promisify(execFile)(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', PACKAGE],
    { cwd: folder, timeout: 110_000 },
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function expectGreen(...target: string[]): Promise<void> {
  const { stdout, code } = await runCli(['client', 'smoke', '--json', ...target], { timeoutMs: 30_000 });
  const { results, passed } = JSON.parse(stdout) as SmokeReport;
  expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  // It takes any cursor, and says -32601 of everything that is not there.
  expect(results.filter(({ outcome }) => outcome === 'warned')).toHaveLength(7);
  expect(passed).toBeGreaterThan(14);
  expect(code).toBe(0);
}

describe('the smoke test leaves a CI green that tests a server of fastmcp', () => {
  it('over stdio', () => expectGreen('--', process.execPath, program));

  it('over Streamable HTTP and legacy SSE', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, [program, String(port)], { stdio: 'ignore' });
    try {
      const origin = `http://127.0.0.1:${port}`;
      await eventually(async () => void (await fetch(origin)), 20_000);
      await expectGreen('--url', `${origin}/mcp`);
      await expectGreen('--transport', 'sse', '--url', `${origin}/sse`);
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  });

  it('over stdio behind `mcp-calc http --`', async () => {
    const server = await spawnCommand([], [process.execPath, program]);
    try {
      const { stdout } = await runCli(
        ['client', 'smoke', '--era', 'legacy', '--json', '--url', `${server.origin}/mcp`],
        {
          timeoutMs: 30_000,
        },
      );
      const { results } = JSON.parse(stdout) as SmokeReport;
      expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});

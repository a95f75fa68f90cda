import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sdkScenario } from '../e2e/sdk-scenario.js';
import type { Inspector } from '../helpers/inspector.js';
import { openInspector } from '../helpers/inspector.js';
import type { Connected } from '../helpers/sdk-client.js';
import { answeringClient, serveCommand } from '../helpers/sdk-client.js';
import { binary } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const run = promisify(execFile);
const REMOTE = ['-y', '--prefer-offline', 'mcp-remote@0.15.1'];
const FETCH_MS = 110_000;

const home = mkdtempSync(join(tmpdir(), 'mcp-calc-bridge-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('mcp-remote before a command that is served', () => {
  // What npm has to fetch first takes longer than a client waits.
  beforeAll(() => run('npx', [...REMOTE, '--help'], { timeout: FETCH_MS }).catch(() => undefined), FETCH_MS);

  sdkScenario(async (): Promise<Connected> => {
    const server = await serveCommand();
    const client = answeringClient();
    const args = [...REMOTE, `${server.origin}/mcp`, '--allow-http', '--transport', 'http-only'];
    const env = { ...process.env, MCP_REMOTE_CONFIG_DIR: home } as Record<string, string>;
    await client.connect(new StdioClientTransport({ command: 'npx', args, env, stderr: 'ignore' }));
    return {
      client,
      hasSession: true,
      async close() {
        await client.close();
        await server.stop();
      },
    };
  });
});

describe('the Inspector before `mcp-calc stdio --url`', () => {
  let inspector: Inspector;
  let server: SpawnedServer;
  beforeAll(async () => {
    inspector = await openInspector();
    server = await spawnServer(['http']);
  }, FETCH_MS);
  afterAll(async () => {
    inspector.remove();
    await server.stop();
  });

  test.each(['legacy', 'modern'])('lists and calls in its era %s', async (era) => {
    const target = ['--', process.execPath, binary, 'stdio', '--url', `${server.origin}/mcp`];
    const args = ['--tool-name', 'calculate', '--tool-arg', 'a=6', 'b=7', 'op=multiply'];
    const { result } = await inspector.inspect(['--protocol-era', era, '--method', 'tools/call', ...args], target);
    expect(result.structuredContent).toMatchObject({ value: 42 });
  });
});

describe.each([[[]], [['--share']]])('the Inspector before a command that is served with %j', (flags: string[]) => {
  let server: SpawnedServer;
  let inspector: Inspector;
  beforeAll(async () => {
    inspector = await openInspector();
    server = await serveCommand(flags);
  }, FETCH_MS);
  afterAll(async () => {
    inspector.remove();
    await server.stop();
  });

  test.each(['legacy', 'modern'])('lists and calls in its era %s', async (era) => {
    const target = ['--transport', 'http', '--server-url', `${server.origin}/mcp`];
    const ask = (method: string, ...args: string[]) =>
      inspector.inspect(['--protocol-era', era, '--method', method, ...args], target);
    const { result } = await ask('tools/list');
    expect(JSON.stringify(result.tools)).toContain('"calculate"');
    const args = ['--tool-name', 'calculate', '--tool-arg', 'a=6', 'b=7', 'op=multiply'];
    expect((await ask('tools/call', ...args)).result.structuredContent).toMatchObject({ value: 42 });
  });
});

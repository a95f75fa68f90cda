import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

let server: SpawnedServer;
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-client-'));

beforeAll(async () => {
  server = await spawnServer(['http', '--stateful']);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a server by its name', () => {
  const config = join(folder, 'mcp.json');
  beforeAll(() => {
    writeFileSync(
      config,
      JSON.stringify({
        mcpServers: {
          address: { url: `\${SERVER_ORIGIN}/mcp`, headers: { 'X-Tenant': '${TENANT:-none}' } },
          program: { command: process.execPath, args: ['-e', "process.stdin.resume(); console.error(process.env.WHO); process.exit(1)"], env: { WHO: 'the configured one' } },
        },
      }),
    );
  });

  it('is found in the file that --config names, variables filled in', async () => {
    const { stdout, stderr, code } = await runCli(['client', 'read', 'request://current', '--config', config, '--server', 'address'], { env: { SERVER_ORIGIN: server.origin, TENANT: 'blue' } });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/"x-tenant": ?"blue"/i);
    expect(code).toBe(0);
  });

  it('is started with its own environment', async () => {
    const { stderr, code } = await runCli(['client', 'ping', '--config', config, '--server', 'program']);
    expect(stderr).toContain('the configured one');
    expect(code).toBe(4);
  });

  it('is found in the files of the usual hosts', async () => {
    const { code, stderr } = await runCli(['client', 'ping', '--server', 'address'], { cwd: folder, env: { SERVER_ORIGIN: server.origin } });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('that nobody knows is answered with those that are there', async () => {
    const { code, stderr } = await runCli(['client', 'ping', '--config', config, '--server', 'adress']);
    expect(stderr).toMatch(/knows no server "adress"\n {2}There are: address, program\./);
    expect(code).toBe(1);
  });
});

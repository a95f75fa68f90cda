import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

let server: SpawnedServer;
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-calc-client-')));

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
          program: {
            command: process.execPath,
            args: ['-e', 'process.stdin.resume(); console.error(process.env.WHO); process.exit(1)'],
            env: { WHO: 'the configured one' },
          },
        },
      }),
    );
  });

  it('is found in the file that --config names, variables filled in', async () => {
    const { stdout, stderr, code } = await runCli(
      ['client', 'read', 'request://current', '--config', config, '--server', 'address'],
      { env: { SERVER_ORIGIN: server.origin, TENANT: 'blue' } },
    );
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
    const { code, stderr } = await runCli(['client', 'ping', '--server', 'address'], {
      cwd: folder,
      env: { SERVER_ORIGIN: server.origin },
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('that nobody knows is answered with those that are there', async () => {
    const { code, stderr } = await runCli(['client', 'ping', '--config', config, '--server', 'adress']);
    expect(stderr).toMatch(/knows no server "adress"\n {2}There are: address, program\./);
    expect(code).toBe(1);
  });
});

describe('a file of a host that is not as it should be', () => {
  const home = join(folder, 'home');
  const project = join(folder, 'project');
  const inProject = (args: readonly string[]) =>
    runCli(['client', 'ping', ...args], { cwd: project, env: { HOME: home } });
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  beforeAll(() => {
    write(
      join(project, '.vscode/mcp.json'),
      `{\n  // of this project\n  "servers": { "commented": { "url": "${server.origin}/mcp" }, },\n}`,
    );
    write(join(project, '.mcp.json'), '{\n  "mcpServers": nothing\n}');
    write(join(home, '.cursor/mcp.json'), JSON.stringify({ mcpServers: { mine: { url: `${server.origin}/mcp` } } }));
    write(
      join(home, '.claude.json'),
      JSON.stringify({
        projects: {
          [project]: { mcpServers: { here: { url: `${server.origin}/mcp` } } },
          '/elsewhere': { mcpServers: { there: {} } },
        },
      }),
    );
  });

  it.each(['mine', 'commented', 'here'])('does not end the look-up of "%s", and is told as a note', async (name) => {
    const { code, stdout, stderr } = await inProject(['--server', name]);
    expect(stderr).toBe('Left out: .mcp.json, line 2, column 17: a value should be here, not "n"\n');
    expect(stdout).toMatch(/ms/);
    expect(code).toBe(0);
  });

  it('is told with the error where no file has the name', async () => {
    const { code, stderr } = await inProject(['--server', 'there']);
    expect(stderr).toBe(
      'mcp-calc: No configuration file knows a server "there"\nmcp-calc: .mcp.json, line 2, column 17: a value should be here, not "n"\n  There are: commented, here, mine. A module of yours is given as a path: --server ./there.js\n',
    );
    expect(code).toBe(1);
  });

  it('is an error with line and column where --config names it', async () => {
    const { code, stderr } = await inProject(['--server', 'mine', '--config', '.mcp.json']);
    expect(stderr).toBe('mcp-calc: .mcp.json, line 2, column 17: a value should be here, not "n"\n');
    expect(code).toBe(1);
  });

  it('may hold comments where --config names it, too', async () => {
    const { code, stderr } = await inProject(['--config', '.vscode/mcp.json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('a server by its module', () => {
  it('is served as http --server serves it, where there is such a file', async () => {
    const module = join(import.meta.dirname, '../../examples/own-server/server.js');
    const { stdout, code } = await runCli(['client', 'call', 'countdown', 'from=1', '--server', module]);
    expect(stdout).toBe('Lift-off\n');
    expect(code).toBe(0);
    const relative = await runCli(['client', 'info', '--json', '--server', 'server.js'], { cwd: dirname(module) });
    expect(relative.stdout).toContain('"own-server"');
  });

  it('leaves a name with a dot a name, where there is no such file', async () => {
    const config = join(folder, '.mcp.json');
    writeFileSync(config, JSON.stringify({ mcpServers: { 'io.example/a': { url: `${server.origin}/mcp` } } }));
    const { stdout, code } = await runCli(['client', 'ping', '--yes', '--server', 'io.example/a'], { cwd: folder });
    rmSync(config);
    expect(stdout).toContain('ms');
    expect(code).toBe(0);
  });

  it('is named beside the other reading, where neither finds anything', async () => {
    const path = await runCli(['client', 'ping', '--server', './nothing.js'], { cwd: folder });
    expect(path.stderr).toContain('No configuration file knows a server "./nothing.js"');
    expect(path.stderr).toContain('There is no file ./nothing.js either');
    const name = await runCli(['client', 'ping', '--server', 'nothing'], { cwd: folder });
    expect(name.stderr).toContain('A module of yours is given as a path: --server ./nothing.js');
  });
});

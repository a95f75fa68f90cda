import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeServer } from '../../src/doctor/judge-server.js';
import { findings, machine, report, temporaryFolder, writeFiles } from './machine.js';

const GITHUB_TOKEN = `ghp_${'a1B2c3D4e5'.repeat(4)}`;

/** The findings where a home folder and a project hold these files. */
async function found(home: Record<string, unknown>, project: Record<string, unknown> = {}): Promise<string[]> {
  const folder = await temporaryFolder();
  await writeFiles(folder, { ...prefixed('home', home), ...prefixed('project', project) });
  return findings('hosts', { home: join(folder, 'home'), cwd: join(folder, 'project') });
}

function prefixed(folder: string, files: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}

/** What is said of one server in a file for all projects. */
async function ofServer(server: unknown): Promise<string[]> {
  const lines = await found({ '.cursor/mcp.json': { mcpServers: { s: server } } });
  return lines.map((line) => line.replace('Cursor, ~/.cursor/mcp.json: ', ''));
}

describe('the files of the hosts', () => {
  it('are looked for where each host keeps them', async () => {
    const calc = { command: 'node', args: [] };
    const lines = await found(
      {
        '.config/Claude/claude_desktop_config.json': { mcpServers: { calc } },
        '.claude.json': { mcpServers: { calc }, projects: { '/some/project': { mcpServers: { other: calc } } } },
        '.cursor/mcp.json': { mcpServers: {} },
        '.config/Code/User/mcp.json': '{ // allowed here\n "servers": {}, }',
      },
      { '.mcp.json': { mcpServers: { calc } }, '.vscode/mcp.json': { servers: { calc } }, '.cursor/mcp.json': '' },
    );
    expect(lines.sort()).toEqual([
      'ok: Claude Code, .mcp.json: 1 server',
      'ok: Claude Code, ~/.claude.json: 2 servers',
      'ok: Claude Desktop, ~/.config/Claude/claude_desktop_config.json: 1 server',
      'ok: Cursor, .cursor/mcp.json: no servers',
      'ok: Cursor, ~/.cursor/mcp.json: no servers',
      'ok: VS Code, .vscode/mcp.json: 1 server',
      'ok: VS Code, ~/.config/Code/User/mcp.json: no servers',
    ]);
  });

  it('of Windows and macOS are looked for there', async () => {
    const home = await temporaryFolder();
    await writeFiles(home, { 'Library/Application Support/Claude/claude_desktop_config.json': '{}' });
    expect(await findings('hosts', { home, platform: 'darwin' })).toEqual([
      expect.stringMatching(/^ok: Claude Desktop, ~\/Library/),
    ]);
    // Paths of Windows name nothing on another system.
    expect(await findings('hosts', { home, platform: 'win32' })).toEqual([
      expect.stringMatching(/^info: no configuration/),
    ]);
  });

  it('that are missing are no fault', async () => {
    expect(await found({})).toEqual([
      expect.stringMatching(/^info: no configuration of Claude Desktop, Claude Code, Cursor/),
    ]);
  });

  it.each([
    [
      '{\n  "mcpServers": {\n    "a": {},\n  }\n}',
      'failure: Cursor, ~/.cursor/mcp.json: line 3, column 12: the comma before } is one too many',
    ],
    ['{ // no\n}', 'failure: Cursor, ~/.cursor/mcp.json: line 1, column 3: comments are not allowed in this file'],
    ['[]', 'failure: Cursor, ~/.cursor/mcp.json: it is not a JSON object'],
    ['{"mcpServers":[]}', 'failure: Cursor, ~/.cursor/mcp.json: "mcpServers" is not an object'],
    ['{"mcpServers":{"s":"npx"}}', 'failure: Cursor, ~/.cursor/mcp.json: "s" is not an object'],
    ['{"servers":{"s":{}}}', 'warning: Cursor, ~/.cursor/mcp.json: it holds "servers", which Cursor does not read'],
  ])('with a fault are told of it: %j', async (text, expected) => {
    expect(await found({ '.cursor/mcp.json': text })).toEqual([expected]);
  });

  it('that may not be read are a warning', async () => {
    const home = await temporaryFolder();
    await writeFiles(home, { '.cursor/mcp.json/a-folder': '' });
    expect(await findings('hosts', { home })).toEqual([
      expect.stringMatching(/^warning: Cursor, ~\/\.cursor\/mcp\.json: it can't be read: EISDIR/),
    ]);
  });
});

describe('a server in such a file', () => {
  it.each([
    [{ command: 'node' }, []],
    [{ command: process.execPath, args: ['--version'] }, []],
    [{ command: '${workspaceFolder}/bin/server' }, []],
    [{ url: 'https://mcp.example.com/mcp' }, []],
    [{ url: 'http://localhost:1453/mcp' }, []],
    [{ command: 'no-such-program-here', disabled: true }, []],
    [{ command: 'no-such-program-here' }, ['failure: "s": "no-such-program-here" is not on the PATH']],
    [{ command: '/no/such/program' }, ['failure: "s": "/no/such/program" is not a program that may be run']],
    [{ command: '~/bin/server' }, ['failure: "s": a host does not know "~" in "~/bin/server"']],
    [{ command: 'node server.js --fast' }, ['failure: "s": the command holds its arguments']],
    [{ command: ' ' }, ['failure: "s" has an empty command']],
    [{ command: 'node', args: 'server.js' }, ['failure: "s": "args" is not a list']],
    [{ command: 'node', args: ['/no/such/dist/index.js'] }, ['failure: "s": there is no file /no/such/dist/index.js']],
    [{ command: 'node', env: { PATH: '/no/such/folder' } }, ['failure: "s": "node" is not on the PATH']],
    [{}, ['failure: "s" has neither a command nor a url']],
    [{ url: 'mcp.example.com' }, ['failure: "s": the url is not the address of a server']],
    [{ url: 'http://mcp.example.com/mcp' }, ['warning: "s": what passes to mcp.example.com can be read on the way']],
  ])('%j', async (server, expected) => {
    expect(await ofServer(server)).toEqual(expected.length > 0 ? expected : ['ok: 1 server']);
  });

  it('that is npx on Windows needs a shell', async () => {
    const entry = { name: 's', fields: { command: 'npx' }, project: undefined };
    expect(await judgeServer(entry, false, machine({ platform: 'win32' }))).toEqual([
      expect.objectContaining({ level: 'warning', fix: '"command": "cmd", "args": ["/c", "npx", …]' }),
    ]);
    expect(await judgeServer(entry, false, machine({ platform: 'darwin' }))).toEqual([]);
  });
});

describe('a secret in such a file', () => {
  it.each([
    [{ command: 'node', env: { GITHUB_TOKEN } }, 'env.GITHUB_TOKEN'],
    [{ command: 'node', env: { HARMLESS_NAME: GITHUB_TOKEN } }, 'env.HARMLESS_NAME'],
    [{ command: 'node', env: { DB_PASSWORD: 'hunter2!' } }, 'env.DB_PASSWORD'],
    [{ command: 'node', env: { DATABASE: 'postgres://me:hunter2!@db/x' } }, 'env.DATABASE'],
    [{ url: 'https://x.example', headers: { Authorization: 'Bearer hunter2!x' } }, 'headers.Authorization'],
    [{ url: 'https://x.example/mcp?api_key=hunter2!' }, 'url'],
    [{ command: 'node', args: ['x', '--api-key', 'hunter2!'] }, 'args (--api-key)'],
    [{ command: 'node', args: ['x', '--header', 'Authorization: Bearer hunter2!'] }, 'args (Authorization)'],
    [{ command: 'node', args: ['x', '--token=hunter2!'] }, 'args (token)'],
    [{ command: 'node', args: ['x', GITHUB_TOKEN] }, 'args (number 2)'],
  ])('is named by its place and never shown: %j', async (server, place) => {
    const lines = await ofServer(server);
    expect(lines[0]).toBe(`warning: "s": a secret in plain sight in ${place}`);
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|ghp_a1/);
  });

  it.each([
    [
      {
        command: 'node',
        env: { TOKEN: '${input:token}', API_KEY: '$API_KEY', SECRET: '', PASSWORD: '<your password>' },
      },
    ],
    [
      {
        command: 'node',
        env: {
          TOKEN_FILE: '/run/secrets/token',
          MAX_TOKENS: '4096',
          USE_TOKENS: 'true',
          TOKEN_URL: 'https://auth.example.com/token',
        },
      },
    ],
    [{ url: 'https://x.example', headers: { Authorization: 'Bearer ${TOKEN}' } }],
    [{ command: 'node', args: ['--token', '--verbose', '--mode', 'fast', 'https://x.example/mcp?page=1'] }],
  ])('is not seen where there is none: %j', async (server) => {
    expect(await ofServer(server)).toEqual(['ok: 1 server']);
  });

  it('in a file that others may read is told with the command that ends it', async () => {
    const home = await temporaryFolder();
    await writeFiles(home, { '.cursor/mcp.json': { mcpServers: { s: { command: 'node', env: { GITHUB_TOKEN } } } } });
    const file = join(home, '.cursor/mcp.json');
    await chmod(file, 0o644);
    expect((await report('hosts', { home })).findings.at(-1)).toMatchObject({
      level: 'warning',
      fix: `chmod 600 ${file}`,
    });
    await chmod(file, 0o600);
    expect((await report('hosts', { home })).findings).toHaveLength(1);
  });

  it('in a file of a project is told to be shared', async () => {
    const lines = await found({}, { '.mcp.json': { mcpServers: { s: { command: 'node', env: { GITHUB_TOKEN } } } } });
    expect(lines).toEqual([expect.stringMatching(/in a file of a project, which others may get$/)]);
  });
});

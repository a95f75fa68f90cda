import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NPX, offerOf } from '../../src/cli/commands/config.js';
import type { OfferFlags } from '../../src/cli/commands/config.js';
import { describeHost } from '../../src/hosts/define.js';
import type { HostDescription, HostSystem } from '../../src/hosts/define.js';
import { hosts } from '../../src/hosts/index.js';
import { isPublished } from '../../src/package-info.js';
import { binary, runCli } from '../helpers/run-cli.js';

/** As it is with the package published, unless `self` says otherwise. */
function config(name: string, flags: Partial<OfferFlags> = {}, system: HostSystem = 'linux'): HostDescription {
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return describeHost(host, { ...offerOf({ self: NPX, ...flags }), system });
}

function server({ snippet }: HostDescription): unknown {
  return Object.values(Object.values(snippet)[0] as Record<string, unknown>)[0];
}

const COPY = { command: process.execPath, args: [binary] };
const SELF = isPublished ? NPX : COPY;

describe('the command', () => {
  it('prints the snippet alone to stdout, and where it belongs to stderr', async () => {
    const { code, stdout, stderr } = await runCli(['config', 'claude-desktop', '--os', 'macos']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      mcpServers: { 'mcp-calc': { command: SELF.command, args: [...SELF.args, 'stdio'] } },
    });
    expect(stderr).toContain('~/Library/Application Support/Claude/claude_desktop_config.json');
  });

  it('prints TOML for a host whose file is TOML', async () => {
    const { stdout } = await runCli(['config', 'codex', '--os', 'linux']);
    const args = [...SELF.args, 'stdio'].map((word) => JSON.stringify(word)).join(', ');
    expect(stdout).toBe(`[mcp_servers.mcp-calc]\ncommand = ${JSON.stringify(SELF.command)}\nargs = [ ${args} ]\n`);
  });

  it('prints everything as JSON, and names this very copy with --local', async () => {
    const { stdout, stderr } = await runCli(['config', 'cursor', '--local', '--json', '--os', 'linux']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(config('cursor', { self: COPY }));
  });

  it.skipIf(isPublished)('says that it starts this very copy for as long as npx finds none', async () => {
    const { stdout, stderr } = await runCli(['config', 'claude-desktop', '--url', 'https://a.example/mcp']);
    expect(JSON.parse(stdout)).toMatchObject({ mcpServers: { 'mcp-calc': { command: process.execPath } } });
    expect(stderr).toContain(`mcp-calc is not published yet: this starts the copy at ${binary}`);
    expect((await runCli(['config', 'vscode', '--transport', 'http'])).stderr).not.toContain('published');
  });

  it('serves a module of yours from wherever the host starts it', async () => {
    const cwd = join(import.meta.dirname, '../fixtures');
    const { stdout } = await runCli(['config', 'zed', '--server', './tasks.js'], { cwd });
    const args = [...SELF.args, 'stdio', '--server', join(cwd, 'tasks.js')];
    expect(JSON.parse(stdout)).toEqual({ context_servers: { tasks: { command: SELF.command, args } } });
    expect(await runCli(['config', 'zed', '--server', './nobody.js'], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no such file'),
    });
  });

  it('takes the command of any server after --, with a name', async () => {
    const command = ['--', 'npx', '-y', 'some-mcp-server', '--name', 'x y'];
    const { stdout, stderr } = await runCli(['config', 'claude-code', '--os', 'linux', '--name', 'some', ...command]);
    const entry = { type: 'stdio', command: 'npx', args: command.slice(2) };
    expect(JSON.parse(stdout)).toEqual({ mcpServers: { some: entry } });
    expect(stderr).toContain("claude mcp add some -- npx -y some-mcp-server --name 'x y'");
    expect(stderr).not.toContain('published');
    expect(await runCli(['config', 'claude-code', ...command])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--name <name>'),
    });
  });

  it('refuses flags that contradict each other', async () => {
    const { code, stdout, stderr } = await runCli(['config', 'vscode', '--url', 'https://a.example', '--local']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^mcp-calc: --local starts a server/);
  });
});

describe('the snippet', () => {
  it('has the key that the host reads', () => {
    expect(Object.fromEntries(hosts.map(({ name }) => [name, Object.keys(config(name).snippet)]))).toEqual({
      'claude-desktop': ['mcpServers'],
      'claude-code': ['mcpServers'],
      cursor: ['mcpServers'],
      vscode: ['servers'],
      windsurf: ['mcpServers'],
      zed: ['context_servers'],
      codex: ['mcp_servers'],
      'gemini-cli': ['mcpServers'],
      inspector: ['mcpServers'],
    });
  });

  it.each([
    ['claude-code', 'http', { type: 'http', url: 'http://127.0.0.1:1453/mcp' }],
    ['claude-code', 'sse', { type: 'sse', url: 'http://127.0.0.1:1923/sse' }],
    ['cursor', 'http', { url: 'http://127.0.0.1:1453/mcp' }],
    ['vscode', 'sse', { type: 'sse', url: 'http://127.0.0.1:1923/sse' }],
    ['windsurf', 'http', { serverUrl: 'http://127.0.0.1:1453/mcp' }],
    ['zed', 'http', { url: 'http://127.0.0.1:1453/mcp' }],
    ['codex', 'http', { url: 'http://127.0.0.1:1453/mcp' }],
    ['gemini-cli', 'http', { httpUrl: 'http://127.0.0.1:1453/mcp' }],
    ['gemini-cli', 'sse', { url: 'http://127.0.0.1:1923/sse' }],
    ['inspector', 'http', { type: 'streamable-http', url: 'http://127.0.0.1:1453/mcp' }],
    [
      'claude-desktop',
      'http',
      {
        command: 'npx',
        args: ['-y', 'mcp-calc', 'stdio', '--url', 'http://127.0.0.1:1453/mcp', '--transport', 'http'],
      },
    ],
    [
      'claude-desktop',
      'sse',
      { command: 'npx', args: ['-y', 'mcp-calc', 'stdio', '--url', 'http://127.0.0.1:1923/sse', '--transport', 'sse'] },
    ],
  ] as const)('for %s over %s is right', (host, transport, expected) => {
    expect(server(config(host, { transport }))).toEqual(expected);
  });

  it.each(['claude-desktop', 'claude-code', 'cursor', 'windsurf', 'zed', 'codex', 'gemini-cli'])(
    'for %s starts npx through the shell on Windows',
    (host) => {
      expect(server(config(host, {}, 'windows'))).toMatchObject({
        command: 'cmd',
        args: ['/c', 'npx', '-y', 'mcp-calc', 'stdio'],
      });
    },
  );

  it('belongs where the host looks on each system', () => {
    const first = (os: HostSystem): (string | undefined)[] => hosts.map(({ name }) => config(name, {}, os).paths[0]);
    expect(first('linux')).toEqual([
      '~/.config/Claude/claude_desktop_config.json',
      '~/.claude.json',
      '~/.cursor/mcp.json',
      '~/.config/Code/User/mcp.json',
      '~/.codeium/windsurf/mcp_config.json',
      '~/.config/zed/settings.json',
      '~/.codex/config.toml',
      '~/.gemini/settings.json',
      'mcp.json',
    ]);
    expect(first('windows').slice(0, 1)).toEqual(['%APPDATA%\\Claude\\claude_desktop_config.json']);
  });
});

describe('a server of yours', () => {
  const flags = { server: '/srv/my tools.mjs', self: { command: '/opt/my node/bin/node', args: ['/opt/mcp-calc.js'] } };
  const started = [...flags.self.args, 'stdio', '--server', flags.server];

  it.each(hosts.map(({ name }) => name))('has the name of its module in the file of %s', (name) => {
    const { snippet } = config(name, flags);
    const entry = expect.objectContaining({ command: flags.self.command, args: started });
    expect(Object.values(snippet)).toEqual([{ 'my-tools': entry }]);
    expect(Object.keys(Object.values(config(name, { ...flags, name: 'own' }).snippet)[0] ?? {})).toEqual(['own']);
  });

  it.each([
    ['claude-code', 'claude mcp add my-tools -- '],
    ['codex', 'codex mcp add my-tools -- '],
    ['gemini-cli', 'gemini mcp add --scope user my-tools '],
    ['inspector', 'npx @modelcontextprotocol/inspector -- '],
  ])('is quoted in the line of %s', (name, before) => {
    expect(config(name, flags).install?.text).toBe(
      `${before}'/opt/my node/bin/node' /opt/mcp-calc.js stdio --server '/srv/my tools.mjs'`,
    );
  });
});

describe('the install line', () => {
  it.each([
    ['claude-code', {}, 'claude mcp add mcp-calc -- npx -y mcp-calc stdio'],
    ['claude-code', { transport: 'http' }, 'claude mcp add --transport http mcp-calc http://127.0.0.1:1453/mcp'],
    [
      'vscode',
      {},
      `code --add-mcp '{"name":"mcp-calc","type":"stdio","command":"npx","args":["-y","mcp-calc","stdio"]}'`,
    ],
    ['codex', {}, 'codex mcp add mcp-calc -- npx -y mcp-calc stdio'],
    ['codex', { transport: 'http' }, 'codex mcp add mcp-calc --url http://127.0.0.1:1453/mcp'],
    [
      'gemini-cli',
      { transport: 'http' },
      'gemini mcp add --scope user --transport http mcp-calc http://127.0.0.1:1453/mcp',
    ],
    ['inspector', {}, 'npx @modelcontextprotocol/inspector -- npx -y mcp-calc stdio'],
    [
      'inspector',
      { url: 'https://a.example/mcp' },
      'npx @modelcontextprotocol/inspector --transport http --server-url https://a.example/mcp',
    ],
    [
      'claude-code',
      { url: 'https://a.example/mcp?a=1&b=2' },
      `claude mcp add --transport http mcp-calc 'https://a.example/mcp?a=1&b=2'`,
    ],
  ] as const)('of %s with %j can be pasted', (host, flags, text) => {
    expect(config(host, flags).install).toEqual({ kind: 'command', text });
  });

  it('is quoted for the shell of Windows', () => {
    expect(config('vscode', {}, 'windows').install?.text).toMatch(/^code --add-mcp "\{\\"name\\":\\"mcp-calc\\",/);
  });

  it('of Cursor is a link that carries the server', () => {
    const found = config('cursor');
    const link = new URL(found.install?.text ?? '');
    expect(link.href).toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?name=mcp-calc&config=/);
    expect(JSON.parse(Buffer.from(link.searchParams.get('config') ?? '', 'base64').toString())).toEqual(server(found));
  });
});

it.each([
  [{ url: 'https://a.example', transport: 'stdio' }, /--url is the address/],
  [{ url: 'a.example' }, /--url: "a\.example" is wrong/],
  [{ url: 'https://a.example', server: '/mine.js' }, /Only one of --url and --server/],
  [{ server: '/mine.js', transport: 'http' }, /The host starts this server/],
  [{ name: 'a b' }, /--name: "a b" is wrong/],
] as const)('refuses %j', (flags, message) => {
  expect(() => config('vscode', flags)).toThrow(message);
});

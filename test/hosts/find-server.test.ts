import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../src/hosts/files.js';
import { findServer, findServerIn } from '../../src/hosts/find-server.js';
import { temporaryFolder, writeFiles } from '../doctor/machine.js';

/** A machine whose home folder and project hold these files; the address of each server tells where it stands. */
async function machineWith(files: Readonly<Record<string, unknown>>, env: Machine['env'] = {}): Promise<Machine> {
  const folder = await temporaryFolder();
  await writeFiles(folder, files);
  return { env, home: join(folder, 'home'), cwd: join(folder, 'project'), platform: 'linux' };
}

const servers = (...names: string[]) => ({
  mcpServers: Object.fromEntries(names.map((name) => [name, { url: `http://${name}/mcp` }])),
});

describe('a server by its name', () => {
  it.each([
    ['the key of VS Code', { 'project/.vscode/mcp.json': { servers: { s: { url: 'http://s/mcp' } } } }],
    [
      'the key that its host does not read',
      { 'project/.cursor/mcp.json': { servers: { s: { url: 'http://s/mcp' } } } },
    ],
    [
      'a file with comments, whose host allows none',
      { 'home/.cursor/mcp.json': '{ "mcpServers": { "s": { "url": "http://s/mcp" }, /* last */ } }' },
    ],
    ['the file of Claude Desktop', { 'home/.config/Claude/claude_desktop_config.json': servers('s') }],
    [
      'the address of Windsurf',
      { 'home/.codeium/windsurf/mcp_config.json': { mcpServers: { s: { serverUrl: 'http://s/mcp' } } } },
    ],
    ['the address of Gemini CLI', { 'home/.gemini/settings.json': { mcpServers: { s: { httpUrl: 'http://s/mcp' } } } }],
    [
      'the settings of Zed',
      { 'home/.config/zed/settings.json': '// mine\n{ "context_servers": { "s": { "url": "http://s/mcp" } } }' },
    ],
    ['the TOML of Codex', { 'home/.codex/config.toml': 'model = "x"\n[mcp_servers.s]\nurl = "http://s/mcp"\n' }],
    ['the file of the Inspector', { 'project/mcp.json': servers('s') }],
  ])('is found under %s', async (_where, files) => {
    expect(await findServer('s', await machineWith(files))).toMatchObject({
      server: { kind: 'http', url: 'http://s/mcp', headers: {} },
      notes: [],
    });
  });

  it("is taken from the project before the person's own files", async () => {
    const of = (name: string) => ({ mcpServers: { s: { url: `http://${name}/mcp` } } });
    const machine = await machineWith({
      'home/.config/Claude/claude_desktop_config.json': of('person'),
      'project/mcp.json': of('project'),
    });
    expect(await findServer('s', machine)).toEqual({
      server: { kind: 'http', url: 'http://project/mcp', headers: {} },
      notes: [],
      fromProject: {
        file: 'mcp.json',
        shadows: '~/.config/Claude/claude_desktop_config.json',
        written: 'http://project/mcp',
        variables: [],
      },
    });
  });

  it('of Codex is sent the token that a variable holds, and a fault of its file is told with its place', async () => {
    const entry = '[mcp_servers.s]\nurl = "http://s/mcp"\nbearer_token_env_var = "KEY"\n';
    const machine = await machineWith({ 'project/.codex/config.toml': entry }, { KEY: 'abc' });
    expect(await findServer('s', machine)).toMatchObject({
      server: { url: 'http://s/mcp', headers: { Authorization: 'Bearer abc' } },
      fromProject: { variables: ['KEY'] },
    });
    const broken = await machineWith({
      'home/.codex/config.toml': '[mcp_servers.s]\nurl = nope\n',
      'project/mcp.json': servers('s'),
    });
    expect((await findServer('s', broken)).server).toMatchObject({ url: 'http://s/mcp' });
    await expect(findServer('t', broken)).rejects.toThrow(/~\/\.codex\/config\.toml, line 2, column 7: /);
  });

  it('is found where Claude Code keeps it for this folder, and not where for another one', async () => {
    const machine = await machineWith({});
    await writeFiles(machine.home, {
      '.claude.json': {
        ...servers('s', 'all'),
        projects: { [machine.cwd]: { mcpServers: { s: { url: 'http://here/mcp' } } }, '/elsewhere': servers('other') },
      },
    });
    expect((await findServer('s', machine)).server).toMatchObject({ url: 'http://here/mcp' });
    await expect(findServer('other', machine)).rejects.toMatchObject({
      code: 'SERVER_LOOKUP',
      hint: 'There are: s, all.',
    });
  });

  it('is filled in from variables', async () => {
    const entry = { command: '${TOOLS}/run', args: ['${env:LEVEL:-low}', 3], env: { KEY: '${KEY}' }, cwd: '${TOOLS}' };
    const machine = await machineWith(
      { 'project/.mcp.json': { mcpServers: { s: entry } } },
      { TOOLS: '/opt', KEY: 'k' },
    );
    expect((await findServer('s', machine)).server).toEqual({
      kind: 'stdio',
      command: '/opt/run',
      args: ['low', '3'],
      env: { KEY: 'k' },
      cwd: '/opt',
    });
  });

  it('is not looked for beyond the file that has it, even if it lacks what is needed', async () => {
    const machine = await machineWith({
      'project/.mcp.json': { mcpServers: { s: {} } },
      'home/.cursor/mcp.json': servers('s'),
    });
    await expect(findServer('s', machine)).rejects.toThrow(
      /^\.mcp\.json: the server "s" has neither a command nor a url$/,
    );
  });

  it('that nobody has is told with those that are there, or with what to do', async () => {
    await expect(
      findServer(
        's',
        await machineWith({ 'project/.mcp.json': servers('a', 'b'), 'home/.cursor/mcp.json': servers('a') }),
      ),
    ).rejects.toMatchObject({
      message: 'No configuration file knows a server "s"',
      hint: 'There are: a, b.',
    });
    await expect(findServer('s', await machineWith({}))).rejects.toMatchObject({
      hint: expect.stringContaining('--config'),
    });
  });
});

describe('what can not be read', () => {
  it.each([
    ['{ "a": ', '.mcp.json, line 1, column 8: the file ends where a value should be'],
    ['[]', '.mcp.json: it is not a JSON object'],
    ['{ "mcpServers": [] }', '.mcp.json: "mcpServers" is not an object'],
    ['{ "mcpServers": { "other": null } }', '.mcp.json: "other" is not an object'],
  ])('is a note, and no end of the look-up: %s', async (text, note) => {
    const machine = await machineWith({ 'project/.mcp.json': text, 'home/.cursor/mcp.json': servers('s') });
    expect((await findServer('s', machine)).notes).toEqual([note]);
    await expect(findServer('none', machine)).rejects.toMatchObject({
      message: `No configuration file knows a server "none"\n${note}`,
      hint: 'There are: s.',
    });
  });

  it('is a note where a folder stands in the place of a file, or the file may not be read', async () => {
    const machine = await machineWith({
      'project/.mcp.json/a-file': '',
      'project/.cursor/mcp.json': '{}',
      'home/.cursor/mcp.json': servers('s'),
    });
    expect((await findServer('s', machine)).notes).toEqual([
      expect.stringMatching(/^\.mcp\.json can't be read: EISDIR/),
    ]);
    if (process.getuid?.() === 0) return;
    await chmod(join(machine.cwd, '.cursor/mcp.json'), 0);
    expect((await findServer('s', machine)).notes).toEqual([
      expect.stringContaining('EISDIR'),
      expect.stringMatching(/^\.cursor\/mcp\.json can't be read: EACCES/),
    ]);
  });

  it('is an error where the file was named', async () => {
    const machine = await machineWith({ 'project/x.json': '{\n  "mcpServers": { "s": }\n}' });
    await expect(findServerIn('x.json', 's', machine)).rejects.toMatchObject({
      code: 'SERVER_LOOKUP',
      message: 'x.json, line 2, column 24: a value should be here, not "}"',
    });
    await expect(findServerIn('y.json', 's', machine)).rejects.toThrow('There is no file y.json');
  });
});

describe('a file that was named', () => {
  it('needs no name of a server where it has a single one', async () => {
    const machine = await machineWith({
      'project/x.json': servers('s'),
      'project/y.json': servers('a', 'b'),
      'project/z.json': '{}',
    });
    expect((await findServerIn('x.json', undefined, machine)).server).toMatchObject({ url: 'http://s/mcp' });
    expect((await findServerIn(join(machine.cwd, 'y.json'), 'b', machine)).server).toMatchObject({
      url: 'http://b/mcp',
    });
    await expect(findServerIn('y.json', undefined, machine)).rejects.toMatchObject({
      message: 'y.json has 2 servers: say which with --server',
      hint: 'There are: a, b.',
    });
    await expect(findServerIn('z.json', 's', machine)).rejects.toMatchObject({
      message: 'z.json knows no server "s"',
      hint: 'It has none.',
    });
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostFiles, locate, readHostFile, shownPath } from '../../src/hosts/files.js';
import type { Machine } from '../../src/hosts/files.js';
import { temporaryFolder } from '../doctor/machine.js';

function machine(over: Partial<Machine> = {}): Machine {
  return { env: {}, home: '/home/me', cwd: '/project', platform: 'linux', ...over };
}

it.each([
  ['~/.cursor/mcp.json', 'linux', '/home/me/.cursor/mcp.json'],
  ['.mcp.json', 'linux', '/project/.mcp.json'],
  ['%APPDATA%\\Claude\\x.json', 'win32', 'C:\\Roaming\\Claude\\x.json'],
  ['%USERPROFILE%\\.cursor\\mcp.json', 'win32', '\\home\\me\\.cursor\\mcp.json'],
  ['%NOT_SET%\\x.json', 'win32', undefined],
] as const)('%s on %s is %s', (written, platform, expected) => {
  expect(locate(written, { platform, home: '/home/me', cwd: '/project', env: { APPDATA: 'C:\\Roaming' } })).toBe(
    expected,
  );
});

describe('the files of the hosts', () => {
  it('are known on each system', () => {
    const paths = (over: Partial<Machine>) =>
      hostFiles(machine(over)).map(({ path, ofProject }) => `${ofProject ? 'project: ' : ''}${path}`);
    const project = [
      'project: /project/.mcp.json',
      'project: /project/.cursor/mcp.json',
      'project: /project/.vscode/mcp.json',
      'project: /project/.zed/settings.json',
      'project: /project/.codex/config.toml',
      'project: /project/.gemini/settings.json',
      'project: /project/mcp.json',
    ];
    expect(paths({}).sort()).toEqual(
      [
        '/home/me/.claude.json',
        '/home/me/.config/Claude/claude_desktop_config.json',
        '/home/me/.config/Code/User/mcp.json',
        '/home/me/.cursor/mcp.json',
        '/home/me/.codeium/windsurf/mcp_config.json',
        '/home/me/.config/zed/settings.json',
        '/home/me/.codex/config.toml',
        '/home/me/.gemini/settings.json',
        ...project,
      ].sort(),
    );
    expect(paths({ platform: 'darwin' })).toContain('/home/me/Library/Application Support/Code/User/mcp.json');
    expect(paths({ platform: 'win32', home: 'C:\\Users\\me' })).toContain(
      'C:\\Users\\me\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
    );
  });

  it('of Linux are where XDG_CONFIG_HOME says', () => {
    const found = hostFiles(machine({ env: { XDG_CONFIG_HOME: '/etc/me' } })).map(({ path }) => path);
    expect(found).toEqual(
      expect.arrayContaining([
        '/etc/me/Claude/claude_desktop_config.json',
        '/etc/me/Code/User/mcp.json',
        '/home/me/.cursor/mcp.json',
      ]),
    );
  });

  it("are the person's own where the working folder is the home folder", () => {
    const cursor = hostFiles(machine({ cwd: '/home/me' })).filter(({ path }) => path === '/home/me/.cursor/mcp.json');
    expect(cursor).toEqual([expect.objectContaining({ ofProject: false })]);
  });

  it.each([
    ['/project/.vscode/mcp.json', {}, '.vscode/mcp.json'],
    ['/home/me/.claude.json', {}, '~/.claude.json'],
    ['/home/me/.cursor/mcp.json', { cwd: '/home/me' }, '~/.cursor/mcp.json'],
    ['/home/melissa/x.json', {}, '/home/melissa/x.json'],
    ['C:\\me\\.cursor\\mcp.json', { home: 'C:\\me', platform: 'win32' }, '~\\.cursor\\mcp.json'],
  ] as const)('%s in %j is shown as %s', (file, over, expected) => {
    expect(shownPath(file, machine(over))).toBe(expected);
  });
});

describe('such a file', () => {
  async function reading(text: string, comments = false): Promise<unknown> {
    const file = join(await temporaryFolder(), 'mcp.json');
    await writeFile(file, text);
    return (await readHostFile(file, comments))?.value;
  }

  it('is read with comments only where its host allows them', async () => {
    expect(await reading('{ "a": 1, } // why', true)).toEqual({ a: 1 });
    await expect(reading('{ "a": 1 } // why')).rejects.toMatchObject({ code: 'JSON_TEXT', line: 1, column: 12 });
  });

  it('that is empty holds nothing', async () => {
    expect(await reading(' \n')).toEqual({});
  });

  it('is undefined where there is none, and an error where it can not be read', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'mcp.json'));
    expect(await readHostFile(join(folder, 'none.json'), true)).toBeUndefined();
    expect(await readHostFile(join(folder, 'file', 'mcp.json'), true)).toBeUndefined();
    await expect(readHostFile(join(folder, 'mcp.json'), true)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('that is larger than any configuration is left alone', async () => {
    await expect(reading(' '.repeat(50_000_001))).rejects.toThrow('it is larger than 50 MB');
  });
});

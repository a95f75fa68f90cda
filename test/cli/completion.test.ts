import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandList } from '../../src/cli/command-list.js';
import { runCli } from '../helpers/run-cli.js';

const run = promisify(execFile);
const names = [...commandList.map(({ name }) => name), 'help'].sort();

/** What each shell proposes for the last of the words. */
const CASES: [words: string[], proposals: string[]][] = [
  [['mcp-calc', ''], names],
  [
    ['mcp-calc', 'co'],
    ['completion', 'config'],
  ],
  [
    ['mcp-calc', 'http', '--auth', ''],
    ['demo', 'introspection', 'jwt', 'none'],
  ],
  [
    ['mcp-calc', 'http', '--stat'],
    ['--state-key', '--state-ttl', '--stateful', '--stateless'],
  ],
  [
    ['mcp-calc', 'http', '--redis', '--stat'],
    ['--state-key', '--state-ttl', '--stateful', '--stateless'],
  ],
  [['mcp-calc', 'stdio', '--sess'], []],
  [
    ['mcp-calc', 'config', 'claude'],
    ['claude-code', 'claude-desktop'],
  ],
  [['mcp-calc', 'config', 'cursor', '--os', 'w'], ['windows']],
  [['mcp-calc', 'help', 'he'], ['health']],
  [
    ['mcp-calc', 'completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-calc-completion-'));
  for (const shell of ['bash', 'zsh', 'fish'])
    await writeFile(join(folder, shell), (await runCli(['completion', shell])).stdout);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('bash', () => {
  async function proposals(words: string[]): Promise<string[]> {
    const script =
      'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mcp_calc; printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout } = await run('bash', ['-c', script, 'bash', join(folder, 'bash'), ...words]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  }

  it.each(CASES)('%j proposes %j', async (words, expected) => {
    expect(await proposals(words)).toEqual(expected);
  });

  it('parts --flag=value, as bash does', async () => {
    expect(await proposals(['mcp-calc', 'http', '--auth', '=', 'j'])).toEqual(['jwt']);
    expect(await proposals(['mcp-calc', 'http', '--auth', '='])).toEqual(['demo', 'introspection', 'jwt', 'none']);
  });

  it('proposes files for a module', async () => {
    expect(await proposals(['mcp-calc', 'http', '--server', join(folder, 'b')])).toEqual([join(folder, 'bash')]);
  });

  it('registers the function for mcp-calc', async () => {
    const { stdout } = await run('bash', ['-c', 'source "$1"; complete -p mcp-calc', 'bash', join(folder, 'bash')]);
    expect(stdout).toBe('complete -F _mcp_calc mcp-calc\n');
  });
});

describe('fish', () => {
  it.each(CASES)('%j proposes %j', async (words, expected) => {
    const script = 'source $argv[1]; complete -C "$argv[2]"';
    const { stdout } = await run('fish', ['-c', script, join(folder, 'fish'), words.join(' ')], {
      env: { ...process.env, HOME: folder },
    });
    const lines = stdout.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => line.split('\t')[0]).sort()).toEqual(expected);
  });
});

it('zsh takes the script without a complaint', async () => {
  expect(await run('zsh', ['-f', '-n', join(folder, 'zsh')])).toEqual({ stdout: '', stderr: '' });
});

it('the scripts of zsh and fish know every command and every flag', async () => {
  const flag = '--session-ttl';
  for (const shell of ['zsh', 'fish']) {
    const { stdout } = await runCli(['completion', shell]);
    for (const name of names) expect(stdout).toContain(`'${name}`);
    expect(stdout).toContain(shell === 'fish' ? `-l ${flag.slice(2)} ` : flag);
  }
});

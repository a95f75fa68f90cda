import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { Terminal } from '../client/pseudo-terminal.js';
import { eventually } from '../helpers/eventually.js';
import { runCli } from '../helpers/run-cli.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';
import { spawnServer } from '../helpers/spawn-server.js';

const run = promisify(execFile);
const SLOW_MS = 30_000;
/** On a busy machine nothing may come within the bound: Tab is pressed again, for so long, ms. */
const AGAIN_MS = 12_000;

let home = '';
let server: SpawnedServer;
let url = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mcp-calc-completion-'));
  server = await spawnServer(['http', '--stateless', '--sample-tool-name', 'remote-sample']);
  url = `${server.origin}/mcp`;
  await mkdir(join(home, '.cursor'));
  const mcpServers = { 'my-remote': { url }, 'my-other': { command: 'true' } };
  await writeFile(join(home, '.cursor/mcp.json'), JSON.stringify({ mcpServers }));
  for (const shell of ['bash', 'zsh', 'fish'])
    await writeFile(join(home, shell), (await runCli(['completion', shell])).stdout);
}, SLOW_MS);
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

const propose = async (...words: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await runCli(['completion', 'propose', '--', ...words], {
    env: { HOME: home },
    cwd: home,
  });
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
};

const proposes = (words: string[], expected: string[]): Promise<void> =>
  eventually(async () => expect(await propose(...words)).toEqual(expected), AGAIN_MS);

describe('the program proposes', () => {
  it('the tools of a server at an address', async () => {
    await proposes(['client', 'call', '--url', url, 'remote'], ['+remote-sample']);
  });

  it('the tools of a server by its name in the file of an editor', async () => {
    await proposes(['client', 'call', '--server', 'my-remote', 'remote'], ['+remote-sample']);
  });

  it('the names of the servers in the files of editors', async () => {
    await proposes(['client', 'tools', '--server', 'my-'], ['+my-remote', '+my-other']);
    await proposes(['client', 'tools', '--server=my-r'], ['+my-remote']);
  });

  it('names of arguments that are not given yet, and their values', async () => {
    await proposes(['client', 'call', 'calculate', 'a=1', ''], ['~b=', '~op=', '~precision=', '~stream=']);
    await proposes(['client', 'call', 'calculate', 'op=su'], ['+op=subtract']);
  });

  it('prompts, and the values that the server completes', async () => {
    await proposes(['client', 'prompt', '--url', url, 'gen'], ['+generate-problems']);
    await proposes(['client', 'prompt', '--url', url, 'generate-problems', 'topic=ar'], ['+topic=area and perimeter']);
  });

  it('URIs of resources, and what templates come to', async () => {
    await proposes(
      ['client', 'read', '--url', url, 'calculator://tables/10'],
      ['+calculator://tables/10', '+calculator://tables/100'],
    );
  });

  it('nothing, in silence and in time, of a server that answers nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mcp`;
    const started = performance.now();
    expect(await propose('client', 'call', '--url', address, '')).toEqual([]);
    expect(performance.now() - started).toBeLessThan(8_000);
    silent.close();
  });

  it('nothing of a server that is not there, and of words that are wrong', async () => {
    for (const words of [
      ['client', 'call', '--url', 'http://127.0.0.1:9/mcp', ''],
      ['client', 'call', '--server', 'nobody', ''],
      ['client', 'nonsense', ''],
      ['http', ''],
      [],
    ])
      expect([words, await propose(...words)]).toEqual([words, []]);
  });

  it('nothing of a server that a file of the project names, and of a command after --: neither is started', async () => {
    const project = join(home, 'project');
    const mark = join(project, 'started');
    await mkdir(project);
    const touch = {
      command: process.execPath,
      args: ['-e', `require('fs').writeFileSync(${JSON.stringify(mark)}, '')`],
    };
    await writeFile(join(project, '.mcp.json'), JSON.stringify({ mcpServers: { theirs: touch } }));
    for (const words of [
      ['--server', 'theirs', ''],
      ['--', touch.command, ...touch.args, ''],
    ]) {
      const args = ['completion', 'propose', '--', 'client', 'call', ...words];
      expect(await runCli(args, { cwd: project, env: { HOME: home } })).toMatchObject({
        code: 0,
        stdout: '',
        stderr: '',
      });
    }
    await expect(readFile(mark)).rejects.toThrow('ENOENT');
  });
});

describe('bash, which parts words at = and :', () => {
  const proposals = async (words: string[], complete = '_mcp_calc'): Promise<string[]> => {
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ${complete}; printf "%s\\n" "\${COMPREPLY[@]}"`;
    const env = { ...process.env, HOME: home };
    const { stdout } = await run('bash', ['-c', script, 'bash', join(home, 'bash'), ...words], { env, cwd: home });
    return stdout.split('\n').filter((line) => line !== '');
  };

  it.each([
    [
      ['call', 'calcula'],
      ['calculate', 'calculator_assistant'],
    ],
    [['call', 'calculate', 'op', '=', 'su'], ['subtract']],
    [
      ['call', 'calculate', 'op', '='],
      ['add', 'subtract', 'multiply', 'divide'],
    ],
    [
      ['read', 'calculator', ':', '//tables/10'],
      ['//tables/10', '//tables/100'],
    ],
    [['call', '--server', 'my-r'], ['my-remote']],
    [['call', '--server', '=', 'my-r'], ['my-remote']],
  ])('%j proposes %j', async (words, expected) => {
    await eventually(async () => expect(await proposals(['mcp-calc', 'client', ...words])).toEqual(expected), AGAIN_MS);
  });

  it('quotes what the shell would take for more than a word', async () => {
    const words = ['mcp-calc', 'client', 'prompt', 'generate-problems', 'topic', '=', 'ar'];
    await eventually(async () => expect(await proposals(words)).toEqual(['area\\ and\\ perimeter']), AGAIN_MS);
  });

  it('completes after npx, and leaves other programs to whoever completed them before', async () => {
    const npx = (...words: string[]) => proposals(['npx', ...words], '_mcp_calc_npx');
    expect(await npx('mcp-calc', 'hea')).toEqual(['health']);
    const words = ['-y', 'mcp-calc', 'client', 'call', 'calculate', 'op', '=', 'su'];
    await eventually(async () => expect(await npx(...words)).toEqual(['subtract']), AGAIN_MS);
    expect(await npx('other', 'hea')).toEqual([]);
    const before = `theirs() { COMPREPLY=(theirs); }; complete -F theirs npx; source "${join(home, 'bash')}"; _mcp_calc_npx`;
    expect(await proposals(['npx', 'other', 'hea'], before)).toEqual(['theirs']);
  });
});

describe.each([
  ['bash', ['bash', '--norc', '-i'], (file: string) => `source ${file}`],
  ['zsh', ['zsh', '-f', '-i'], (file: string) => `autoload -Uz compinit; compinit -u; source ${file}`],
  ['fish', ['fish', '--no-config', '-i'], (file: string) => `source ${file}`],
])('Tab in a real %s', (shell, started, load) => {
  test('completes arguments, URIs and words after npx', { timeout: SLOW_MS * 2 }, async () => {
    const terminal = new Terminal([], 120, { home, cwd: home, started });
    /** What a line has become after Tab; it is thrown away then. */
    const tab = async (line: string, pattern: RegExp): Promise<void> => {
      const from = terminal.text.length;
      terminal.type(`${line}\t`);
      const again = setInterval(() => terminal.type('\t'), 4_000);
      await terminal.see(pattern, from).finally(() => clearInterval(again));
      terminal.type('\u0015');
    };
    try {
      terminal.type(`${load(join(home, shell))}; echo rea''dy\r`);
      await terminal.see(/ready/);
      await tab('mcp-calc client call calculate op=su', /su[^]*btract/);
      await tab(`mcp-calc client read --url ${url} calculator://cons`, /cons[^]*tants/);
      await tab('npx mcp-calc client call --server my-r', /my-r[^]*emote/);
    } finally {
      terminal.kill();
    }
  });
});

import { readdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { flatten, treeOf } from '../../src/cli/completion/tree.js';
import { buildProgram } from '../../src/cli/program.js';
import { version } from '../../src/package-info.js';
import { commandList } from '../../src/cli/command-list.js';
import { runCli, startCli } from '../helpers/run-cli.js';

describe('help', () => {
  it('leads with examples and lists every command with its summary', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith('Examples:\n  mcp-calc stdio')).toBe(true);
    for (const { name, summary } of commandList)
      expect(stdout).toMatch(new RegExp(`^  ${name} .*${summary.slice(0, 20)}`, 'm'));
  });

  it('of a command shows its own examples, and every flag with variable and default', async () => {
    const { stdout } = await runCli(['help', 'http']);
    expect(stdout).toMatch(/^Examples:\n {2}mcp-calc http /);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '--session-ttl <time> end a session that was not used for this long (SESSION_TTL, default: 30m)',
    );
  });

  it.each([80, 40])('fits a terminal of %i columns, whatever the command', { timeout: 60_000 }, async (columns) => {
    const nodes = flatten(treeOf(await buildProgram(() => true)));
    expect(nodes.length).toBeGreaterThan(20);
    for (const { path } of nodes.filter(({ name }) => name !== 'help')) {
      const program = await buildProgram(() => true);
      let text = '';
      const width = { getOutHelpWidth: () => columns, writeOut: (part: string) => void (text += part) };
      const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
      for (const command of all(program)) command.configureOutput(width);
      await program.parseAsync([...path.split(' ').slice(1), '--help'], { from: 'user' }).catch(() => undefined);
      expect(text).toContain('Usage:');
      // A word alone may be longer: the address of a server.
      const tooLong = text.split('\n').filter((line) => line.length > columns && line.trim().includes(' '));
      expect([path, tooLong]).toEqual([path, []]);
    }
  });

  it('is printed on stderr, with exit code 1, when there is no command', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Usage: mcp-calc');
  });

  it('--version prints the version of the package', async () => {
    expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('colours', () => {
  it('are for terminals, or for whoever asks with FORCE_COLOR', async () => {
    expect((await runCli(['--help'])).stdout).not.toContain('\u001b');
    expect((await runCli(['--help'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[1mExamples:');
    expect((await runCli(['--help'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
  });

  it('of the log of a server follow the same rules', async () => {
    const log = async (env: Record<string, string>) =>
      (await runCli(['http', '--port', '0', '--log-format', 'pretty'], { env, stopWhen: 'listening on' })).stderr;
    expect(await log({})).not.toContain('\u001b');
    expect(await log({ FORCE_COLOR: '1' })).toContain('\u001b[32mINFO');
    expect(await log({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001b');
    expect(await log({ FORCE_COLOR: '0' })).not.toContain('\u001b');
  });

  it('of results follow the same rules', async () => {
    const args = ['config', 'vscode'];
    expect((await runCli(args)).stderr).not.toContain('\u001b');
    expect((await runCli(args, { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001b[36m');
    expect((await runCli(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr).not.toContain('\u001b');
  });
});

describe('wrong usage', () => {
  it.each([
    [['htp'], /^mcp-calc: unknown command 'htp' \(Did you mean http\?\)\n {2}Run "mcp-calc --help"/],
    [
      ['http', '--prot', '1'],
      /^mcp-calc: unknown option '--prot' \(Did you mean --port\?\)\n {2}Run "mcp-calc http --help"/,
    ],
    [['http', '--port'], /^mcp-calc: option '--port <number>' argument missing/],
    [['stdio', 'extra'], /^mcp-calc: too many arguments for 'stdio'/],
    [['config', 'emacs'], /^mcp-calc: .*claude-desktop, claude-code/],
  ])('mcp-calc %j ends with code 1 and says what would be right', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('reports all wrong values at once, a line for each', async () => {
    const { code, stdout, stderr } = await runCli(['http', '--port', 'x', '--sse-after', 'y'], {
      env: { LOG_LEVEL: 'loud' },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^mcp-calc: .*it must be/);
  });

  it.each([
    ['LOG_LEVEL', 'loud'],
    ['SAMPLE_TOOL_NAME', 'no spaces allowed'],
    ['HISTORY_LIMIT', '0'],
  ])('a broken variable %s=%s of stdio is one line on stderr, and nothing on stdout', async (name, value) => {
    const { code, stdout, stderr } = await runCli(['stdio'], {
      env: { [name]: value },
      input: '{"jsonrpc":"2.0","id":1,"method":"ping"}\n',
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^mcp-calc: ${name} \\(flag --[^\n]*\n$`));
  });

  it('shows the stack only where LOG_LEVEL is debug', async () => {
    const args = ['http', '--port', 'x'];
    expect((await runCli(args)).stderr).not.toContain('ConfigError');
    expect((await runCli(args, { env: { LOG_LEVEL: 'debug' } })).stderr).toMatch(/ConfigError[^]*\n\s+at /);
  });
});

it('ends quietly when whoever reads its output has enough', async () => {
  const child = startCli(['completion', 'bash']);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('the list of commands names every module of its folder', async () => {
  const files = await readdir(new URL('../../src/cli/commands/', import.meta.url), { withFileTypes: true });
  const modules = files.filter((file) => file.isFile()).map(({ name }) => name.replace(/\.ts$/, ''));
  expect(commandList.map(({ name }) => name).sort()).toEqual(modules.sort());
  for (const { name, load } of commandList) expect((await load()).name()).toBe(name);
});

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isOpen } from '../../src/cli/commands/client/shell/history.js';
import { restOf, typedLine, wordsOf } from '../../src/cli/commands/client/shell/words.js';
import { runCli } from '../helpers/run-cli.js';
import { stdioServer } from './hostile.js';
import { Terminal } from './pseudo-terminal.js';

let home: string;
beforeAll(() => (home = mkdtempSync(join(tmpdir(), 'mcp-calc-shell-'))));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const started: Terminal[] = [];
afterEach(() => {
  for (const terminal of started.splice(0)) terminal.kill();
});

/** A shell at its first prompt. */
async function shell(args: readonly string[] = [], columns = 80): Promise<Terminal> {
  const terminal = new Terminal(['client', 'shell', ...args], columns, { home });
  started.push(terminal);
  await terminal.see(/mcp> $/);
  return terminal;
}

/** Types, one key a write as a person does, and waits for what comes of it. */
async function type(terminal: Terminal, keys: readonly string[], pattern: RegExp): Promise<void> {
  const from = terminal.text.length;
  for (const key of keys) {
    terminal.type(key);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await terminal.see(pattern, from);
}

const TAB = '\t';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

/** Says something unasked a moment after each ping, and dies of a call. */
const TALKATIVE = stdioServer(`
  const text = 'up\\u001b[2Jdate';
  if (method === 'ping') {
    send({ id, result: {} });
    setTimeout(() => {
      send({ method: 'notifications/message', params: { level: 'info', data: text } });
      send({ method: 'notifications/resources/updated', params: { uri: 'a://' + text } });
    }, 400);
  }
  if (method === 'tools/list') send({ id, result: { tools: ['fine', 'fi\\u001b[2Jne'].map((name) => ({ name, inputSchema: { type: 'object' } })) } });
  if (method === 'tools/call') process.exit(1);`);

describe('at the prompt', () => {
  it('Tab completes verbs, tools, arguments and values, and what the server proposes', async () => {
    const terminal = await shell();
    await type(terminal, ['ca', TAB], /call $/);
    await type(terminal, ['eva', TAB], /evaluate $/);
    await type(terminal, [CTRL_C, 'call calculate ', TAB, TAB], /a= +b= +op= +precision= +stream=/);
    await type(terminal, ['a=1 o', TAB], /op=$/);
    await type(terminal, [TAB], /op=add +op=subtract/);
    await type(terminal, ['mu', TAB], /multiply $/);
    await type(terminal, ['b=3', '\r'], /1 × 3 = 3[\s\S]*mcp> $/);
    await type(terminal, ['prompt explain-calculation ', TAB, TAB], /expression= +level=/);
    await type(terminal, ['le', TAB], /vel=$/);
    await type(terminal, ['b', TAB], /asic $/);
    await type(terminal, [CTRL_C, 'read calculator://tab', TAB], /les\/$/);
    await type(terminal, ['10', TAB, TAB], /tables\/10 +calculator:\/\/tables\/100/);
    await type(terminal, [CTRL_C, 'tools --j', TAB, '\r'], /"tools": \[[\s\S]*mcp> $/);
    await type(terminal, [CTRL_D], /\n/);
    expect(await terminal.exit).toBe(0);
  });

  it.each([40, 80])('what comes unasked stands above the line that is typed, at %i columns', async (columns) => {
    const terminal = await shell(['--', ...TALKATIVE], columns);
    const line = 'help ping        and words that do not fit into forty columns';
    await type(terminal, ['ping', '\r'], /answered[\s\S]*mcp> $/);
    const from = terminal.text.length;
    await type(terminal, [line], /info up *date\r\n[\s\S]*resources\/updated a:\/\/up *date\r\n/);
    // The line is drawn anew below, and goes on as it was.
    await terminal.see(/resources\/updated[\s\S]*mcp> help ping {8}and words[\s\S]*columns/, from);
    expect(terminal.raw).not.toContain('up\u001b[2Jdate');
    await type(terminal, ['\r'], /Ask a server for a sign of life\./);
  });

  it('a question is asked, and its answer is no line to come back to', async () => {
    const terminal = await shell();
    await type(
      terminal,
      ['call solve_math_problem problem="What is the area of a rectangle?"', '\r'],
      /length[^\n]*: $/i,
    );
    await type(terminal, [TAB, '31', '\r'], /width[^\n]*: $/i);
    await type(terminal, ['4', '\r'], /= 124[\s\S]*mcp> $/);
    await type(terminal, ['\u001b[A'], /call solve_math_problem/);
    await type(terminal, [CTRL_C, 'call calculate a=5 op=add', '\r'], /b Second operand[^\n]*: $/);
    await type(terminal, ['6', '\r'], /5 \+ 6 = 11[\s\S]*mcp> $/);
  });

  it('Ctrl-C cancels the call and not the shell, which has a bar of progress', async () => {
    const terminal = await shell();
    await type(terminal, ['call demo_progress steps=20', '\r'], /█+░+ +5% {2}/);
    // What is typed meanwhile is the next line.
    await type(terminal, ['ping', '\r', CTRL_C], /Cancelled\.[\s\S]*mcp> ping\r\n[\s\S]*answered in[\s\S]*mcp> $/);
    await type(terminal, [CTRL_C], /Type exit/);
    await type(terminal, ['exit', '\r'], /\n/);
    expect(await terminal.exit).toBe(0);
  });

  it('names that could harm the terminal are not proposed, and a lost connection comes back with the next line', async () => {
    const terminal = await shell(['--', ...TALKATIVE]);
    await type(terminal, ['call f', TAB], /call fine $/);
    await type(terminal, [CTRL_C, 'prompts', '\r'], /offers no prompts/);
    await type(
      terminal,
      ['call fine', '\r'],
      /The connection is lost; the next line reconnects\.[\s\S]*ended before it answered[\s\S]*mcp> $/,
    );
    await type(terminal, ['ping', '\r'], /answered in/);
  });

  it('lines are remembered by the next shell in a file of its owner, those with secrets are not', async () => {
    const first = await shell();
    await type(first, ['ping --timeout 33', '\r'], /answered[\s\S]*mcp> $/);
    await type(first, ['call x password=hunter22', '\r'], /mcp-calc:[\s\S]*mcp> $/);
    await type(first, ['info --token hunter22', '\r'], /--token is given once[\s\S]*mcp> $/);
    await type(first, [CTRL_D], /\n/);
    await first.exit;
    const file = join(home, '.local/state/mcp-calc/shell-history');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('ping --timeout 33\n');
    expect(readFileSync(file, 'utf8')).not.toContain('hunter22');
    const second = await shell();
    await type(second, ['\u001b[A'], /ping --timeout 33$/);
  });
});

describe('in a pipe', () => {
  it('every line is run; the exit code is that of the first that failed', async () => {
    const input =
      '# a script\n\ncall calculate a=1 b=2 op=add\nbogus\ncall evaluate "expression=2 * (3 + 4)"\ncall calculate a=1 b=0 op=divide\ncall x "\n';
    const { stdout, stderr, code } = await runCli(['client', 'shell'], { timeoutMs: 14_000, input });
    expect(stdout).toMatch(/1 \+ 2 = 3[\s\S]*2 \* \(3 \+ 4\) = 14[\s\S]*zero/i);
    expect(stderr).toMatch(/^In the line: bogus\nmcp-calc: "bogus" is not a verb of the shell\n/);
    expect(stderr).toMatch(/A quote is left open/);
    expect(code).toBe(1);
  });

  it('exit ends it, with 0 where nothing failed', async () => {
    const { stdout, stderr, code } = await runCli(['client', 'shell'], {
      timeoutMs: 14_000,
      input: 'ping\nexit\nbogus\n',
    });
    expect(stdout).toMatch(/^✓ answered in [\d.]+ ms\n$/);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('a watch goes on behind the other lines until stop', async () => {
    const input =
      'watch calculator://history &\ncall calculate a=1 b=2 op=add\nping\nstop\ncall calculate a=3 b=4 op=add\n';
    const { stdout, code } = await runCli(['client', 'shell'], { timeoutMs: 14_000, input });
    expect(stdout.match(/resources\/updated calculator:\/\/history\n/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  it('flags answer for their line alone', async () => {
    const ask = 'call solve_math_problem "problem=What is the area of a rectangle?"';
    const input = `${ask} --accept '{"length":3,"width":4}'\n${ask}\n`;
    const { stdout, stderr } = await runCli(['client', 'shell'], { timeoutMs: 14_000, input });
    expect(stdout).toContain('12');
    expect(stderr.match(/The server asks:/g)).toHaveLength(1);
  });

  it('help shows the verbs, and of a verb what the shell has of it', async () => {
    const { stdout, stderr, code } = await runCli(['client', 'shell'], {
      timeoutMs: 14_000,
      input: 'help\nhelp call\ntools --help\n',
    });
    expect(stdout).toMatch(/^tools +list the tools of a server\n/);
    expect(stdout).toContain('Usage: call <tool> [key=value…] [options]');
    expect(stdout).toContain('Usage: tools [options]');
    expect(stdout).not.toMatch(/--url|mcp-calc client/);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });
});

describe('a line', () => {
  it('is quoted as in a shell', () => {
    expect(wordsOf(`call t a="b c" d='{"e":1}' f=\\  #g`)).toEqual(['call', 't', 'a=b c', 'd={"e":1}', 'f= ', '#g']);
    expect(() => wordsOf('call "t')).toThrow(/quote/);
  });

  it.each([
    ['call a "b c', 'b c d', ' d'],
    ["call a 'b", "b'c", "'\\''c"],
    ['call a b', 'b c', '\\ c'],
    ['call a b\\ ', 'b c', 'c'],
    ['call a ', 'x://{y}', 'x://{y}'],
  ])('%j is completed to the word %j by %j', (line, word, rest) => {
    const typed = typedLine(line);
    if (typed === undefined) throw new Error('no word is being typed');
    expect(restOf(word, typed)).toBe(rest);
    expect(wordsOf(`${line}${rest}${typed.quote}`).at(-1)).toBe(word);
  });

  it.each([
    ['call t a=1', true],
    ['call t token=abc', false],
    [`call t --args '{"apiKey":"abc"}'`, false],
    ['tools --token abc', false],
    ['tools --header "X: abc"', false],
    ['', false],
    ['x'.repeat(5_000), false],
  ])('%j is kept: %j', (line, kept) => {
    expect(isOpen(line)).toBe(kept);
  });
});

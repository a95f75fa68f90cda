import { afterEach, describe, expect, it } from 'vitest';
import { renderBar } from '../../src/cli/commands/client/progress-bar.js';
import { startCli } from '../helpers/run-cli.js';
import { Terminal } from './pseudo-terminal.js';

const started: Terminal[] = [];

/** Greets so late that the client shows a spinner. */
const SLOW_SERVER = `
  const answer = (id, result) => console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
  require('readline').createInterface(process.stdin).on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (method === 'ping') answer(id, {});
    if (method !== 'initialize') return;
    const serverInfo = { name: 'slow', version: '1' };
    setTimeout(() => answer(id, { protocolVersion: params.protocolVersion, capabilities: {}, serverInfo }), 900);
  });`;

function onTerminal(args: readonly string[], columns?: number): Terminal {
  const terminal = new Terminal(['client', ...args], columns);
  started.push(terminal);
  return terminal;
}

afterEach(() => {
  for (const terminal of started.splice(0)) terminal.kill();
});

describe('on a terminal', () => {
  it('that has no columns, as some that are no window, a slow connection ends as elsewhere', async () => {
    const terminal = onTerminal(['ping', '--', process.execPath, '-e', SLOW_SERVER], 0);
    await terminal.see(/ms/);
    expect(await terminal.exit).toBe(0);
  });

  it('a question of the server is a form, which insists on valid answers', async () => {
    const terminal = onTerminal(['call', 'solve_math_problem', 'problem=What is the area of a rectangle?']);
    await terminal.see(/The server asks:[\s\S]*length[^\n]*: $/i);
    terminal.type('long\r');
    await terminal.see(/Type a number\.[\s\S]*length[^\n]*: $/i);
    terminal.type('3\r');
    await terminal.see(/width[^\n]*: $/i);
    terminal.type('4\r');
    await terminal.see(/12/, terminal.text.length);
    expect(await terminal.exit).toBe(0);
  });

  it('a form can be declined', async () => {
    const terminal = onTerminal(['call', 'solve_math_problem', 'problem=What is the area of a rectangle?', '--json']);
    await terminal.see(/length[^\n]*: $/i);
    terminal.type('!\r');
    expect([0, 5]).toContain(await terminal.exit);
    expect(terminal.text).not.toMatch(/width[^\n]*: $/i);
  });

  it('missing arguments are asked for', async () => {
    const terminal = onTerminal(['call', 'calculate', 'a=100', 'op=add']);
    await terminal.see(/b Second operand[^\n]*: $/);
    terminal.type('50\r');
    await terminal.see(/100 \+ 50 = 150/);
    expect(await terminal.exit).toBe(0);
  });

  it('the model is played by whoever sits there', async () => {
    const terminal = onTerminal(['call', 'calculator_assistant', 'query=Tell me a joke about numbers']);
    await terminal.see(/Answer for the model[^\n]*: $/);
    terminal.type('Seven ate nine.\r');
    await terminal.see(/Seven ate nine\.[\s\S]*Seven ate nine\./);
    expect(await terminal.exit).toBe(0);
  });

  it('progress is a bar that follows the size of the terminal and leaves nothing behind', async () => {
    const terminal = onTerminal(['call', 'demo_progress', 'steps=4'], 100);
    await terminal.see(/█+░+ +25% {2}Progress step 1 of 4/);
    terminal.resize(30);
    const before = terminal.raw.length;
    await terminal.see(/ 75% {2}/, terminal.text.length);
    expect(await terminal.exit).toBe(0);
    const drawn = terminal.raw
      .slice(before)
      .split('\r\u001b[K')
      .filter((line) => line.includes('%'));
    // The first may have been on its way when the size changed.
    expect(drawn.length).toBeGreaterThan(1);
    for (const line of drawn.slice(1)) expect(line.length, JSON.stringify(drawn)).toBeLessThan(30);
    // Where connecting took so long that a spinner was shown, its cursor is given back once more at the exit.
    const cursor = '\u001b[?25h';
    const shown = terminal.raw.endsWith(cursor) ? terminal.raw.slice(0, -cursor.length) : terminal.raw;
    expect(
      shown.endsWith('\r\u001b[KProgress demonstration completed with 4 steps\r\n'),
      JSON.stringify(terminal.raw),
    ).toBe(true);
  });

  it('Ctrl-C cancels the call at the server', async () => {
    const terminal = onTerminal(['call', 'demo_progress', 'steps=20', '--trace']);
    await terminal.see(/ +5% {2}/);
    terminal.type('\u0003');
    expect(await terminal.exit).toBe(130);
    expect(terminal.text.replace(/\r\n/g, '')).toMatch(
      /--> \{[^}]*"method":"notifications\/cancelled","params":\{"requestId":\d+/,
    );
    expect(terminal.text).toMatch(/Cancelled\.\s*$/);
  });

  it('Ctrl-C at a question ends the program', async () => {
    const terminal = onTerminal(['call', 'calculate', 'a=100', 'op=add']);
    await terminal.see(/b Second operand[^\n]*: $/);
    terminal.type('\u0003');
    expect(await terminal.exit).toBe(130);
  });
});

describe('in a pipe', () => {
  it('SIGINT cancels the call just so, and nothing is drawn', async () => {
    const child = startCli(['client', 'call', 'demo_progress', 'steps=20', '--trace']);
    let stderr = '';
    let interrupted = false;
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (!interrupted && stderr.includes('Progress step 1 of 20')) interrupted = child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(stderr).toContain('"method":"notifications/cancelled"');
    expect(['█', '░', '\u001b'].filter((drawn) => stderr.includes(drawn))).toEqual([]);
  });
});

describe('the bar', () => {
  it.each([100, 40, 20, 5, 1])('fits %i columns', (width) => {
    expect(
      renderBar({ progress: 1, total: 3, message: 'a message that is longer than that' }, width).length,
    ).toBeLessThanOrEqual(width);
  });

  it('shows the count where there is no total', () => {
    expect(renderBar({ progress: 7, message: 'files' }, 40)).toBe('… 7  files');
  });

  it('keeps a hostile message on its line', () => {
    expect(renderBar({ progress: 1, total: 1, message: 'a\nb\u001b[2Jc' }, 60)).toMatch(/100% {2}a bc$/);
  });
});

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Chalk } from 'chalk';
import { renderReport, wrap } from '../../src/cli/doctor/render.js';
import type { CheckReport } from '../../src/doctor/index.js';
import { eventually } from '../helpers/eventually.js';
import { binary, runCli, startCli } from '../helpers/run-cli.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mcp-calc-doctor-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

function doctor(args: readonly string[], env: Record<string, string> = {}) {
  return runCli(['doctor', ...args], { cwd: home, env: { HOME: home, ...env } });
}

describe('mcp-calc doctor', () => {
  it('examines this machine, ends with 0 where nothing fails, and writes no file', async () => {
    const { code, stdout, stderr } = await doctor([], { HTTP_PROXY: 'http://proxy.example.com:3128' });
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ Node\.js {4}\d+\.\d+\.\d+/);
    expect(stdout).toMatch(/^✓ {12}http --stateless: protocol/m);
    expect(stdout).toMatch(/\n\n1 warning|\n\n\d warnings/);
    expect(await readdir(home)).toEqual([]);
  });

  it('ends with 1 where something fails, and says what to do', async () => {
    await writeFile(join(home, '.mcp.json'), '{ "mcpServers": { "a": { "command": "no-such-program-here" } } }');
    const { code, stdout, stderr } = await doctor(['--only', 'hosts']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toBe(
      '✗ MCP hosts  Claude Code, ~/.mcp.json: "a": "no-such-program-here" is not on the PATH\n             → Install it, or give its whole path.\n\n1 failure.\n',
    );
  });

  it('examines a server by its command, by itself and as it is served over HTTP', async () => {
    const { code, stdout } = await doctor(['--only', 'command', '--', process.execPath, binary, 'stdio']);
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(
      /^✓ Command {2}by itself: mcp-calc .*, \d+ tools, \d+ ms\n✓ {10}behind mcp-calc http --: mcp-calc /,
    );

    const missing = await doctor(['--only', 'command', '--', 'no-such-program-here']);
    expect(missing).toMatchObject({ code: 1, stdout: expect.stringContaining('there is no command') });
    const silent = await doctor(['--only', 'command', '--', process.execPath, '-e', 'console.error("no license")']);
    expect(silent.code).toBe(1);
    expect(silent.stdout).toMatch(/by itself: .* ended before it answered/);
    const stray = await doctor(['npx']);
    expect(stray).toMatchObject({ code: 1, stderr: expect.stringContaining('mcp-calc doctor -- npx') });
  });

  it('prints JSON for scripts, with the same exit codes', async () => {
    const { code, stdout } = await doctor(['--json', '--only', 'node,settings'], { LOG_LEVEL: 'loud' });
    expect(code).toBe(1);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      failures: 1,
      warnings: 0,
      checks: [
        { id: 'node', title: 'Node.js', ms: expect.any(Number), findings: expect.any(Array) },
        {
          id: 'settings',
          findings: [{ level: 'failure', message: expect.stringContaining('LOG_LEVEL'), fix: expect.any(String) }],
        },
      ],
    });
  });

  it('is coloured on a terminal, or for whoever asks, and never against NO_COLOR', async () => {
    expect((await doctor(['--only', 'node'])).stdout).not.toContain('\u001b');
    expect((await doctor(['--only', 'node'], { FORCE_COLOR: '1' })).stdout).toContain('\u001b[32m✓');
    expect((await doctor(['--only', 'node'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b');
  });

  it('gives each check the time of --timeout', async () => {
    const { code, stdout } = await doctor(['--only', 'handshake', '--timeout', '0.01']);
    expect(code).toBe(1);
    expect(stdout).toContain('not done within 0.01 s');
  });

  it.runIf(process.platform === 'linux')('that is stopped leaves no server behind', async () => {
    const child = startCli(['doctor', '--only', 'handshake'], { cwd: home, env: { HOME: home } });
    await eventually(async () => expect((await processesAtHome()).length).toBeGreaterThan(2));
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    await eventually(async () => expect(await processesAtHome()).toEqual([]));
  });

  /** The processes that were started with this test's home folder. */
  async function processesAtHome(): Promise<string[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')));
    return pids.filter((_pid, index) => environments[index]?.split('\0').includes(`HOME=${home}`));
  }

  it.each([
    [['--only', 'ports,pots'], /^mcp-calc: --only: there is no check "pots"\n {2}There are: node, npx, /],
    [['--only', 'remote'], /^mcp-calc: --only: these checks examine the server of --url/],
    [['--url', 'mcp.example.com'], /^mcp-calc: --url: "mcp\.example\.com" is wrong/],
    [['--timeout', 'soon'], /^mcp-calc: --timeout: "soon" is wrong/],
    [['--origin', 'localhost'], /^mcp-calc: --origin: "localhost" is wrong/],
    [['--token', 'hunter2'], /^mcp-calc: --token and --header are for the server of --url/],
    [['--url', 'http://x', '--header', 'hunter2'], /^mcp-calc: --header: a header must look like this/],
  ])('%j is wrong usage, code 1', async (args, message) => {
    const { code, stdout, stderr } = await doctor(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('hunter2');
  });
});

describe('the report', () => {
  const colours = new Chalk({ level: 0 });
  const report: CheckReport = {
    id: 'hosts',
    title: 'MCP hosts',
    ms: 1,
    findings: [
      {
        level: 'failure',
        subject: 'Cursor, ~/.cursor/mcp.json',
        message: '"a": "nope" is not on the PATH',
        fix: 'Install it, or give its whole path.',
      },
      { level: 'warning', subject: 'Cursor, ~/.cursor/mcp.json', message: 'others may read it' },
      { level: 'ok', subject: 'VS Code, .vscode/mcp.json', message: '1 server' },
    ],
  };

  it('names a file once above all that is said of it, and fits the terminal', () => {
    const lines = renderReport(report, { colours, width: 40, titleWidth: 9 });
    expect(lines).toEqual([
      '  MCP hosts  Cursor, ~/.cursor/mcp.json',
      '✗            "a": "nope" is not on the',
      '             PATH',
      '             → Install it, or give its',
      '               whole path.',
      '!            others may read it',
      '✓            VS Code, .vscode/mcp.json:',
      '             1 server',
    ]);
  });

  it('has one line for each finding and each fix in a pipe', () => {
    expect(renderReport(report, { colours, width: Infinity, titleWidth: 9 })).toEqual([
      '✗ MCP hosts  Cursor, ~/.cursor/mcp.json: "a": "nope" is not on the PATH',
      '             → Install it, or give its whole path.',
      '!            Cursor, ~/.cursor/mcp.json: others may read it',
      '✓            VS Code, .vscode/mcp.json: 1 server',
    ]);
  });

  it('never breaks a word', () => {
    expect(wrap('a longer-than-room b', 5)).toEqual(['a', 'longer-than-room', 'b']);
    expect(wrap('', 5)).toEqual(['']);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { annotationCommand, withoutCommands } from '../../src/cli/workflow-commands.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import { readOnlyTool, stdioServer, toolServer } from './hostile.js';

const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-smoke-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.concurrent('a report for CI', () => {
  it('is written for a server that never starts, and one root holds its suite', async ({ expect }) => {
    const junit = join(folder, 'never.xml');
    const { stdout, code } = await runCli([
      ...['client', 'smoke', '--json', '--junit', junit, '--', process.execPath, '-e', "console.error('no database')"],
    ]);
    const xml = readFileSync(junit, 'utf8');
    expect(xml).toMatch(
      /^<\?xml [^>]+>\n<testsuites [^>]*tests="1" failures="1"[^>]*>\n<testsuite [\s\S]+<\/testsuite>\n<\/testsuites>\n$/,
    );
    expect(xml).toMatch(/<failure message="The server ended before it answered[^"]*no database"\/>/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { reason: 'unreachable', exitCode: 4 } });
    expect(code).toBe(4);
  });

  it('is written for a run that is cancelled, with what was found until then', async ({ expect }) => {
    const junit = join(folder, 'cancelled.xml');
    const server = stdioServer(
      `if (method !== 'tools/list') send({ id, result: {} }); else process.stderr.write('asked\\n')`,
    );
    const child = startCli(['client', 'smoke', '--verbose', '--junit', junit, '--', ...server]);
    child.stdin.end();
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stderr.on('data', (chunk: Buffer) => String(chunk).includes('asked') && child.kill('SIGINT'));
    expect(await ended).toBe(130);
    expect(readFileSync(junit, 'utf8')).toMatch(/name="ping"[\s\S]+<failure message="the run was cancelled"\/>/);
  });

  it('has the whole of a reason, and a page of equal rows as one row', async ({ expect }) => {
    const words = `${'very '.repeat(600)}long`;
    const tools = ['a', 'b', 'c', 'd', 'e'].map(readOnlyTool);
    const server = toolServer(tools, `{ id, error: { code: -32603, message: ${JSON.stringify(words)} } }`);
    const { stdout } = await runCli(['client', 'smoke', '--only', 'tools', '--skip', 'b', ...server]);
    expect(stdout).toMatch(/\n✓ {2}tools +declare 5: a, b, c, … /);
    expect(stdout).toMatch(
      new RegExp(`\\n! {2}tools +call a +\\d+ +The server answered with error -32603: ${words}\\n`),
    );
  });

  it('tells GitHub of what failed, and lets a server give its runner no commands', async ({ expect }) => {
    const summary = join(folder, 'summary.md');
    const evil = '::set-env name=A::b';
    const server = toolServer(
      [readOnlyTool('a')],
      `(process.stderr.write(${JSON.stringify(`${evil}\n  ::stop-commands::x\n`)}), { id, error: { code: -32603, message: 'boo, 100%\\n::warning::w ##[add-mask]b | <b> [x](http://y)' } })`,
    );
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const args = ['--only', 'tools', '--strict', '--verbose', '--trace', ...server];
    for (const more of [[], ['--json']]) {
      const { stdout, stderr, code } = await runCli(['client', 'smoke', ...more, ...args], { env });
      const commands = [...stdout.split(/[\r\n]/), ...stderr.split(/[\r\n]/)].filter((line) =>
        /^\s*::|##\[/.test(line),
      );
      expect(commands).toEqual([
        '::error title=smoke%2C tools%3A call a::The server answered with error -32603: boo, 100%25 ::warning::w ## [add-mask]b | <b> [x](http://y)',
      ]);
      if (more.length > 0) expect(stdout).toContain('##\\u005badd-mask]b');
      expect(code).toBe(5);
    }
    const page = readFileSync(summary, 'utf8');
    expect(page).toContain('0 warned, 1 failed, 0 skipped');
    expect(page).toMatch(/\| ✗ \| tools \| call a \| .*&#124; &#60;b&#62; &#91;x&#93;&#40;http&#58;/);
  });

  it('parts what would be a command, wherever it stands', ({ expect }) => {
    expect(withoutCommands('a\n \t::error::x\n\u0085::b::\na::b ##[c]')).toBe(
      'a\n \t: :error::x\n\u0085: :b::\na::b ## [c]',
    );
    expect(annotationCommand({ level: 'error', title: 'a:b,c%\n', message: '1%\r\n::x::' })).toBe(
      '::error title=a%3Ab%2Cc%25%0A::1%25%0D%0A::x::',
    );
  });
});

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { spawnServer } from '../helpers/spawn-server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-action-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const read = (file: string): unknown => parse(readFileSync(join(root, file), 'utf8'), { strict: true });
const action = read('action.yml') as Action;
const own = `node ${join(root, 'bin/mcp-calc.js')} stdio --server ${join(root, 'examples/own-server/server.js')}`;

let runs = 0;

/** Runs the steps of the action that are for a shell, as a runner does: the first that fails ends it. */
async function runAction(given: Record<string, string>) {
  const here = join(folder, String(++runs));
  const files = { GITHUB_OUTPUT: `${here}.output`, GITHUB_STEP_SUMMARY: `${here}.md` };
  const report = `${here}.xml`;
  const inputs: Record<string, string> = { report, ...given };
  const filled = (text: string): string =>
    text.replace(/\$\{\{ (?:inputs\.([\w-]+)|github\.(action_path)) \}\}/g, (_, input: string | undefined) =>
      input === undefined ? root : (inputs[input] ?? action.inputs[input]?.default ?? ''),
    );
  const { PATH = '', HOME = '' } = process.env;
  let log = '';
  let code = 0;
  for (const { run, env = {}, 'working-directory': cwd = folder } of action.runs.steps) {
    if (run === undefined || code !== 0) continue;
    const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
    const options = {
      cwd: filled(cwd),
      env: { PATH, HOME, GITHUB_ACTIONS: 'true', CI: 'true', ...files, ...variables },
      timeout: 25_000,
    };
    code = await new Promise<number>((resolve) => {
      execFile('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], options, (error, stdout, stderr) => {
        log += stdout + stderr;
        resolve(error === null ? 0 : Number(error.code ?? 1));
      }).stdin?.end();
    });
  }
  const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return {
    code,
    log,
    report: textOf(report),
    output: textOf(files.GITHUB_OUTPUT),
    summary: textOf(files.GITHUB_STEP_SUMMARY),
  };
}

describe('the action', () => {
  it('is a composite one that hands what is given to its scripts as variables, never as code', () => {
    expect(action.runs.using).toBe('composite');
    for (const { run, shell, uses } of action.runs.steps) {
      expect(run === undefined).toBe(uses !== undefined);
      if (run === undefined) continue;
      expect(shell).toBe('bash');
      expect(run).not.toContain('${{');
    }
    const used = [...JSON.stringify(action.runs).matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(Object.keys(action.inputs).sort()).toEqual([...new Set(used)].sort());
  });

  it('is what the workflow of the example uses, with inputs that there are', () => {
    const { jobs } = read('examples/ci/smoke.yml') as { jobs: { smoke: { steps: Step[] } } };
    const uses = jobs.smoke.steps.filter(({ uses = '' }) => /\/mcp-calc@/.test(uses));
    expect(uses).toHaveLength(2);
    for (const step of uses)
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  });
});

describe.concurrent('the steps of the action', { timeout: 30_000 }, () => {
  it('try a server over stdio beside what the example expects of it', async ({ expect }) => {
    const { code, log, report, output, summary } = await runAction({
      command: own,
      expect: join(root, 'examples/ci/smoke.json'),
      skip: 'call convert\ntools/list: unique name\n',
    });
    expect(log).toMatch(/✓ +expect +a countdown, though it is not marked as read-only/);
    expect(log).toMatch(/- +tools +call convert +\d+ +left out as asked/);
    expect(report).toContain('<testcase classname="expect" name="a known rate"');
    expect(output).toMatch(/^report=\/.*\.xml\n$/);
    expect(summary).toMatch(/^### ✓ Smoke test of /);
    expect(code).toBe(0);
  });

  it('try a server at an address, and fail with an annotation where it breaks its word', async ({ expect }) => {
    const server = await spawnServer(['http', '--server', join(root, 'examples/own-server/server.js')]);
    try {
      const url = `${server.origin}/mcp`;
      const expectations = join(root, 'examples/ci/smoke.json');
      expect((await runAction({ url, expect: expectations, strict: 'true' })).code).toBe(0);
    } finally {
      await server.stop();
    }
    const broken = await runAction({ command: `node ${join(root, 'examples/broken/server.js')}` });
    expect(broken.log).toMatch(/^::error title=smoke%2C tools%3A call clock::/m);
    expect(broken.summary).toMatch(/^### ✗ .*\n\n12 passed, \d+ warned, 10 failed/);
    expect(broken.code).toBe(5);
  });

  it('leave a report of a server that does not start, and refuse to guess which is meant', async ({ expect }) => {
    const none = await runAction({ command: 'echo no >&2; exit 1' });
    expect(none.report).toMatch(/<failure message="The server ended before it answered/);
    expect(none.code).toBe(4);
    const unsaid = await runAction({});
    expect(unsaid.log).toContain('::error::Give either url or command');
    expect(unsaid.code).toBe(1);
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** It needs a newer Node than this project does; npm brings both. */
const PACKAGES = ['-p', 'node@24', '-p', '@modelcontextprotocol/inspector@2.12.0'];
const FETCH_MS = 110_000;
const LIMIT_MS = 40_000;

/** What the Inspector prints. */
export interface Printed {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test looks into a shape of its own
  readonly result: any;
}

export interface Inspector {
  /** Runs the Inspector's command line, as a newcomer: with nothing in its home. Rejects where it exits with an error. */
  inspect(args: readonly string[], target: readonly string[]): Promise<Printed>;
  remove(): void;
}

export async function openInspector(): Promise<Inspector> {
  const home = mkdtempSync(join(tmpdir(), 'mcp-calc-inspector-'));
  const where = ['sh', '-c', 'command -v node && command -v mcp-inspector'];
  const { stdout } = await run('npx', ['-y', '--prefer-offline', ...PACKAGES, ...where], { timeout: FETCH_MS });
  const [node = '', inspector = ''] = stdout.trim().split('\n');
  return {
    async inspect(args, target) {
      const all = [inspector, '--cli', '--format', 'json', '--quiet', ...args, ...target];
      const printed = await run(node, all, { timeout: LIMIT_MS, env: { ...process.env, HOME: home } });
      return JSON.parse(printed.stdout) as Printed;
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

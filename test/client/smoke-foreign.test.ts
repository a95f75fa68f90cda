import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import type { SmokeReport } from '../../src/client/smoke/report.js';
import { eventually } from '../helpers/eventually.js';
import { runCli } from '../helpers/run-cli.js';

const resolve = createRequire(import.meta.url).resolve;
const reference = (name: string): string => resolve(`@modelcontextprotocol/server-${name}/dist/index.js`);
/** One tool of server-everything takes ten seconds; all tests of this file wait for theirs at the same time. */
const LIMIT_MS = 28_000;
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-foreign-'));
writeFileSync(join(folder, 'note.txt'), 'a note');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is known of the SDKs, which all these servers are made with, and of the two that say -32602 of a resource as the next revision does. */
const CURSORS = ['tools', 'resources', 'resources/templates', 'prompts'].map(
  (list) => `${list}/list: a made-up cursor is -32602`,
);
const EVERYTHING = [...CURSORS, 'an unknown tool is -32602', 'an unknown resource is -32002'];

const namesOf = ({ results }: SmokeReport, outcome: string): string[] =>
  results.filter((result) => result.outcome === outcome).map(({ name }) => name);

async function smoke(...target: string[]): Promise<{ report: SmokeReport; code: number | null }> {
  const { stdout, code } = await runCli(['client', 'smoke', '--json', ...target], { timeoutMs: LIMIT_MS });
  return { report: JSON.parse(stdout) as SmokeReport, code };
}

describe.concurrent('the smoke test leaves a CI green that tests', { timeout: 30_000 }, () => {
  it.for<[name: string, args: string[], warned: string[]]>([
    ['everything', ['stdio'], EVERYTHING],
    ['filesystem', [folder], [CURSORS[0] ?? '', 'an unknown tool is -32602']],
    ['memory', [], EVERYTHING.filter((name) => !name.startsWith('prompts'))],
    ['sequential-thinking', [], [CURSORS[0] ?? '', 'an unknown tool is -32602']],
  ])('server-%s over stdio', async ([name, args, warned], { expect }) => {
    const { report, code } = await smoke('--', process.execPath, reference(name), ...args);
    expect(namesOf(report, 'failed')).toEqual([]);
    expect(namesOf(report, 'warned')).toEqual(warned);
    expect(report.passed).toBeGreaterThan(8);
    expect(code).toBe(0);
  });

  it.for([
    ['sse', '/sse', 'sse'],
    ['streamableHttp', '/mcp', 'http'],
  ] as const)('server-everything over %s', async ([kind, path, transport], { expect }) => {
    const port = await freePort();
    const child = spawn(process.execPath, [reference('everything'), kind], {
      env: { ...process.env, PORT: String(port) },
      stdio: 'ignore',
    });
    try {
      const url = `http://127.0.0.1:${port}${path}`;
      await eventually(async () => void (await fetch(url, { method: 'OPTIONS' })), 10_000);
      const { report, code } = await smoke('--transport', transport, '--url', url);
      expect(namesOf(report, 'failed')).toEqual([]);
      expect(namesOf(report, 'warned')).toEqual(EVERYTHING);
      expect(code).toBe(0);
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  });

  it('and fails it with --strict', async ({ expect }) => {
    const { report, code } = await smoke('--strict', '--', process.execPath, reference('sequential-thinking'));
    expect(namesOf(report, 'failed')).toEqual([CURSORS[0], 'an unknown tool is -32602']);
    expect(report.warned).toBe(0);
    expect(code).toBe(5);
  });
});

/** Its own choice of a port can't be asked for: server-everything says none that it has taken. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

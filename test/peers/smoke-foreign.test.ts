import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, it } from 'vitest';
import type { SmokeReport } from '../../src/client/smoke/report.js';
import { eventually } from '../helpers/eventually.js';
import { freePort } from '../helpers/redis.js';
import { runCli } from '../helpers/run-cli.js';
import { startSdk2Server } from '../client/sdk2-server.js';

const resolve = createRequire(import.meta.url).resolve;
const reference = (name: string): string => resolve(`@modelcontextprotocol/server-${name}/dist/index.js`);
/** One tool of server-everything takes ten seconds: these come first, so that all wait for theirs at the same time. */
const LIMIT_MS = 50_000;
const bySdk = fileURLToPath(new URL('../fixtures/sdk-stdio.js', import.meta.url));
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

describe.concurrent('the smoke test leaves a CI green that tests', { timeout: 60_000 }, () => {
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

  it.for<[sdk: string, era: string, warned: string[]]>([
    ['v1', 'legacy', EVERYTHING],
    ['v2', 'legacy', EVERYTHING.filter((name) => name !== 'an unknown tool is -32602')],
    // It looks at the version of the first request on a pipe alone.
    ['v2', 'modern', [...CURSORS, 'an unsupported version is -32022, with those that are']],
  ])('a server of the SDK %s over stdio in the %s era', async ([sdk, era, warned], { expect }) => {
    const { report, code } = await smoke('--era', era, '--', process.execPath, bySdk, sdk);
    expect(namesOf(report, 'failed')).toEqual([]);
    expect(namesOf(report, 'warned')).toEqual(warned);
    expect(code).toBe(0);
  });

  it.for(['legacy', 'modern'] as const)('a server of the SDK v2 over HTTP in the %s era', async (era, { expect }) => {
    const server = await startSdk2Server(era === 'legacy' ? 'stateless' : 'reject');
    try {
      const { report, code } = await smoke('--all-tools', '--era', era, '--url', `${server.origin}/mcp`);
      expect(namesOf(report, 'failed')).toEqual([]);
      expect(namesOf(report, 'warned')).toEqual(
        era === 'legacy'
          ? ['resources/subscribe, and unsubscribe', ...CURSORS, 'an unknown resource is -32002']
          : CURSORS,
      );
      // Nothing of the modern group is left out: it has a tool with a header, and tells of changes.
      if (era === 'modern') expect(namesOf(report, 'skipped')).toEqual([]);
      expect(code).toBe(0);
    } finally {
      await server.close();
    }
  });

  it('and fails it with --strict', async ({ expect }) => {
    const { report, code } = await smoke('--strict', '--', process.execPath, reference('sequential-thinking'));
    expect(namesOf(report, 'failed')).toEqual([CURSORS[0], 'an unknown tool is -32602']);
    expect(report.warned).toBe(0);
    expect(code).toBe(5);
  });
});

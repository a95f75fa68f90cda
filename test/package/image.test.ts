import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const BUILD_MS = 200_000;

/** The steps of the Dockerfile, by hand: what COPY brings, and what RUN runs, in a folder for each stage. */
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-image-'));
const stages = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split(/^FROM .*$/m)
  .slice(1)
  .map((text) => text.split('\n').filter((line) => line !== ''));
const [build, image] = ['build', 'image'].map((name) => join(folder, name)) as [string, string];
const commandOf = (word: string): string[] => {
  const line = stages[1]?.find((each) => each.startsWith(word)) ?? '';
  return JSON.parse(line.slice(line.indexOf('['))) as string[];
};

beforeAll(async () => {
  for (const line of stages[0] ?? []) {
    if (line.startsWith('COPY ')) copy(line.split(' ').slice(1), ROOT, build);
    if (line.startsWith('RUN ')) await run('sh', ['-ec', line.slice(4)], { cwd: build, timeout: BUILD_MS });
  }
  for (const line of stages[1] ?? [])
    if (line.startsWith('COPY --from=build ')) copy(line.replaceAll('/app/', '').split(' ').slice(2), build, image);
}, 2 * BUILD_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the image has the program and no packages', () => {
  expect(readdirSync(image).sort()).toEqual(['bin', 'dist', 'package.json']);
});

test('what it starts by itself is healthy by its own check, and ends when it is told to', async () => {
  const [program = '', ...entry] = [...commandOf('ENTRYPOINT'), ...commandOf('CMD')];
  expect(program).toBe('node');
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', PORT: '0', LOG_FORMAT: 'json' };
  const server = spawn(process.execPath, entry, { cwd: image, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(server, 'close');
  try {
    let port = '';
    for await (const line of createInterface({ input: server.stderr })) {
      port = /listening on http:\/\/[\w.]+:(\d+)/.exec(line)?.[1] ?? '';
      if (port !== '') break;
    }
    expect(commandOf('HEALTHCHECK')[2]).toBe('health');
    const check = commandOf('HEALTHCHECK')
      .slice(1)
      .map((word) => word.replace(':1453', `:${port}`));
    expect((await run(process.execPath, check, { cwd: image, env })).stdout).toContain('healthy');
  } finally {
    server.kill('SIGTERM');
  }
  expect(await closed).toEqual([0, null]);
});

/** As COPY does it: the last word is the place; a folder's contents go into it, a file beside its name where it ends with a slash. */
function copy(words: readonly string[], from: string, to: string): void {
  const place = words.at(-1) ?? '';
  mkdirSync(to, { recursive: true });
  for (const source of words.slice(0, -1))
    cpSync(join(from, source), place === './' ? join(to, basename(source)) : join(to, place), { recursive: true });
}

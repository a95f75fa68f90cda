import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import { childrenOf, endedWithin } from '../helpers/processes.js';
import { freePort } from '../helpers/redis.js';
import { callOf, post, request } from '../helpers/rpc.js';
import { binary } from '../helpers/run-cli.js';
import type { Unwritable } from '../helpers/unwritable.js';
import { UNWRITABLE } from '../helpers/unwritable.js';
import { LONG } from './duration.js';

const TROUBLE = join(import.meta.dirname, '../fixtures/trouble.js');
const TIMES = LONG ? 20 : 1;
const START_MS = 15_000;
/** A second is the promise; the rest is for a machine that is busy with other tests. */
const END_MS = 2_000;

async function startHttp({ fd }: Unwritable, ...args: string[]): Promise<{ child: ChildProcess; origin: string }> {
  const port = await freePort();
  const settings = ['--port', String(port), '--log-level', 'debug', '--log-format', 'json', '--server', TROUBLE];
  const child = spawn(process.execPath, [binary, 'http', ...settings, ...args], { stdio: ['ignore', 'ignore', fd] });
  const origin = `http://127.0.0.1:${port}`;
  await eventually(() => fetch(`${origin}/livez`), START_MS);
  return { child, origin };
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit');
  await endedWithin([Number(child.pid)], END_MS);
  return ((await ended) as [number | null])[0];
}

describe.each(Object.entries(UNWRITABLE))('with %s for stderr', (_kind, open) => {
  async function repeatedly(run: (stderr: Unwritable) => Promise<void>): Promise<void> {
    for (let time = 0; time < TIMES; time += 1) {
      const stderr = open();
      try {
        await run(stderr);
      } finally {
        stderr.close();
      }
    }
  }

  test(
    'a server serves, and ends at SIGTERM',
    () =>
      repeatedly(async (stderr) => {
        const { child, origin } = await startHttp(stderr, '--stateless');
        expect((await post(`${origin}/mcp`, request('ping'))).status).toBe(200);
        child.kill('SIGTERM');
        expect(await endOf(child)).toBe(0);
      }),
    TIMES * 20_000,
  );

  test(
    'a server ends when something is thrown that nobody catches',
    () =>
      repeatedly(async (stderr) => {
        const { child, origin } = await startHttp(stderr, '--stateless');
        const ended = once(child, 'exit');
        await post(`${origin}/mcp`, callOf('crash'));
        await endedWithin([Number(child.pid)], END_MS);
        expect((await ended)[0]).toBe(1);
      }),
    TIMES * 20_000,
  );

  test(
    'workers end when their primary is killed',
    () =>
      repeatedly(async (stderr) => {
        const { child, origin } = await startHttp(stderr, '--stateless', '--workers', '2');
        const workers = await eventually(() => {
          const pids = childrenOf(Number(child.pid));
          expect(pids).toHaveLength(2);
          return pids;
        });
        await post(`${origin}/mcp`, request('ping'));
        child.kill('SIGKILL');
        await endedWithin(workers, END_MS);
      }),
    TIMES * 20_000,
  );

  test(
    'a stdio server ends when its parent is killed',
    () =>
      repeatedly(async ({ fd }) => {
        const args = JSON.stringify([binary, 'stdio', '--log-level', 'debug', '--log-format', 'json']);
        const parent = spawn(
          process.execPath,
          [
            '-e',
            `const child = require('node:child_process').spawn(process.execPath, ${args}, { stdio: ['pipe', 'pipe', 3] });
             child.stdin.write(JSON.stringify(${JSON.stringify(request('ping'))}) + '\\n');
             child.stdout.once('data', () => process.stdout.write(String(child.pid)));`,
          ],
          { stdio: ['ignore', 'pipe', 'ignore', fd] },
        );
        const [pid] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
        parent.kill('SIGKILL');
        await endedWithin([Number(String(pid))], END_MS);
      }),
    TIMES * 20_000,
  );
});

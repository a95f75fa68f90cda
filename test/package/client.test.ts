import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../helpers/eventually.js';
import type { InstalledExample, ListeningScript } from '../helpers/installed-example.js';
import { INSTALL_LIMIT_MS, installExample } from '../helpers/installed-example.js';
import { freePort } from '../helpers/redis.js';

const LIMIT_MS = 30_000;

let installed: InstalledExample;
let server: ListeningScript | undefined;
beforeAll(async () => {
  installed = await installExample('client');
}, INSTALL_LIMIT_MS + 10_000);
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(() => installed.remove());

async function serve(...args: string[]): Promise<ListeningScript> {
  return (server = await installed.listen(args));
}

describe('client.js of examples/client', () => {
  test.each(['legacy', 'modern'])(
    'follows a call in the %s era, and makes it again when the server was killed',
    async (era) => {
      const args = ['server', '--', '--era', era, '--port', String(await freePort())];
      const { url, stop } = await serve(...args);
      const child = spawn('npm', ['start', '--', url.href], {
        cwd: installed.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = once(child, 'close');
      const killer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      await eventually(() => expect(output).toContain('Progress step 2 of 5'), 10_000);
      await stop();
      await serve(...args);
      const [code] = (await ended) as [number];
      clearTimeout(killer);
      expect(output).toMatch(
        /^connected: .*step 2 of 5.*^lost: .*^connected: .*step 1 of 5.*step 5 of 5.*^Progress demonstration completed with 5 steps$/ms,
      );
      expect(output).toContain(`connected: ${era === 'modern' ? '2026-07-28' : '2025-11-25'}`);
      expect(code).toBe(0);
    },
  );
});

describe('oauth.sh of examples/client', () => {
  test('goes through the whole flow, from the refusal to the revocation', async () => {
    const { url } = await serve('server:oauth', '--', '--port', String(await freePort()));
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'oauth', '--', url.href], {
      cwd: installed.folder,
      timeout: LIMIT_MS,
    });
    expect(stdout.match(/^== \d+\. /gm)).toHaveLength(12);
    expect(stdout).toContain('"value":42');
    expect(stdout).toContain('with the new token: 200');
    expect(stdout).toContain('with the revoked token: 401');
  });

  test('stops where the server asks for no token', async () => {
    const { url } = await serve('server', '--', '--port', String(await freePort()));
    const failed = promisify(execFile)('npm', ['run', '--silent', 'oauth', '--', url.href], {
      cwd: installed.folder,
      timeout: LIMIT_MS,
    });
    await expect(failed).rejects.toMatchObject({ code: 1 });
  });
});

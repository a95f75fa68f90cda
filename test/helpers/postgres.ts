import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './redis.js';

const run = promisify(execFile);
const LIMIT_MS = 60_000;
/** Postgres refuses to run as root: then it runs as the user of this number, who has nothing. */
const NOBODY = 65_534;
/** Where Debian puts its programs, by version, beside the PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** The folder of Postgres' programs; undefined where it is not installed. */
export function findPostgres(path = process.env.PATH ?? ''): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map((version) => join(DEBIAN, version, 'bin')) : [];
  return [...path.split(delimiter), ...versions].find((folder) => existsSync(join(folder, 'pg_ctl')));
}

/** Starts a Postgres of its own, on a free port. */
export async function startPostgres(programs: string): Promise<{ url: string; stop(): Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'mcp-calc-postgres-'));
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) chownSync(data, NOBODY, NOBODY);
  const options = { ...user, cwd: data, timeout: LIMIT_MS };
  const port = await freePort();
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'me', '-A', 'trust', '--no-sync'], options);
  const server = `-p ${port} -k ${data} -c listen_addresses=127.0.0.1 -c fsync=off`;
  const control = (...args: string[]) => run(join(programs, 'pg_ctl'), ['-D', data, '-w', ...args], options);
  await control('-o', server, '-l', join(data, 'log'), 'start');
  return {
    url: `postgres://me@127.0.0.1:${port}/postgres`,
    async stop() {
      await control('-m', 'immediate', 'stop');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../scripts/prepare-tests.js';
import { eventually } from './eventually.js';
import { freePort } from './redis.js';

export interface Nginx {
  readonly origin: string;
  readonly port: number;
  /** What its access log holds so far. */
  accessLog(): string;
  /** What it has said of errors, the last of it. */
  errorLog(): string;
  stop(): Promise<void>;
}

/**
 * Runs nginx with a configuration file as it is, but for what belongs to this machine: the port, where the nodes are, and
 * where the process's own files go. Throws where the file has none of these places.
 */
export async function startNginx(configuration: string, origins: readonly string[]): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-nginx-'));
  chmodSync(folder, 0o755); // its workers are another user where it is started by root
  const port = await freePort();
  const servers = origins.map((origin) => `server ${new URL(origin).host} max_fails=0;`).join('\n        ');
  let text = readFileSync(configuration, 'utf8');
  const put = (place: string, value: string) => {
    if (text.split(place).length !== 2) throw new Error(`${configuration} must have exactly one "${place}"`);
    text = text.replace(place, () => value);
  };
  put('server mcp-calc:1453 resolve max_fails=0;', servers);
  put('listen 8080;', `listen 127.0.0.1:${port};`);
  put('pid /run/nginx.pid;', `pid ${folder}/nginx.pid;`);
  put('access_log /dev/stdout masked;', `access_log ${folder}/access.log masked;`);
  put(
    'http {',
    `http {\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `    ${name}_temp_path ${folder}/${name};`).join('\n')}`,
  );
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, text);

  const child = spawn(String(findProgram('nginx')), ['-p', folder, '-c', file, '-e', 'stderr', '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-10_000)));
  const ended = once(child, 'exit');
  const origin = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (child.exitCode !== null) return;
      await fetch(`${origin}/metrics`);
    });
    if (child.exitCode !== null) throw new Error('it ended');
  } catch (error) {
    await stop();
    throw new Error(`nginx does not serve: ${said}`, { cause: error });
  }
  return {
    origin,
    port,
    accessLog: () => readFileSync(join(folder, 'access.log'), 'utf8'),
    errorLog: () => said,
    stop,
  };
}

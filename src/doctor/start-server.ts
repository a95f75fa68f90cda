import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DEFAULT_HOST } from '../net/addresses.js';
import type { DoctorContext } from './context.js';

/** Lines of a server's log that are kept to explain why it did not start. */
const MAX_LINES = 50;

/** Variables that a program needs to start at all; none that configures a server. */
const NEEDED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
];

/** The environment for a server at its defaults. */
export function plainEnvironment({ env }: Pick<DoctorContext, 'env'>): Record<string, string> {
  return Object.fromEntries(NEEDED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/**
 * Starts this program as an HTTP server on a free port of this machine and resolves to its address when it listens.
 * `served` is the command of the server that it is to serve, where it is not its own. The signal ends it; it keeps nothing that could be lost.
 */
export function startServer(
  args: readonly string[],
  context: DoctorContext,
  signal: AbortSignal,
  served: readonly string[] = [],
): Promise<URL> {
  const { command, args: own } = context.self;
  const flags = ['--port', '0', '--host', DEFAULT_HOST, '--log-format', 'json', '--log-level', 'info'];
  const child = spawn(command, [...own, ...args, ...flags, ...(served.length > 0 ? ['--', ...served] : [])], {
    env: plainEnvironment(context),
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const log: string[] = [];
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      if (log.length < MAX_LINES) log.push(line);
      const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(new URL(url));
    });
    child.once('error', reject);
    child.once('close', (code, by) => {
      signal.removeEventListener('abort', stop);
      reject(
        new Error(
          `mcp-calc ${args.join(' ')} ended with ${code ?? by} before it listened: ${log.at(-1) ?? 'it wrote nothing'}`,
        ),
      );
    });
    if (signal.aborted) stop();
  });
}

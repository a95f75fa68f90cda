import { spawn } from 'node:child_process';
import type { DoctorContext } from './context.js';

export interface StdioRun {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
}

/** More than the answers to a few messages need, bytes. */
const MAX_OUTPUT = 1_000_000;

/** Runs this program's stdio server on a few lines of input, to its end; the signal ends it early. */
export function runStdio(
  lines: readonly string[],
  env: Record<string, string>,
  { self }: DoctorContext,
  signal: AbortSignal,
): Promise<StdioRun> {
  const child = spawn(self.command, [...self.args, 'stdio'], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    if (stdout.length > MAX_OUTPUT) stop();
  });
  // It may end without reading its input.
  child.stdin.on('error', () => undefined).end(lines.map((line) => `${line}\n`).join(''));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve({ code, stdout });
    });
    if (signal.aborted) stop();
  });
}

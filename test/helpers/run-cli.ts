import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built program: `npm test` builds it first. */
export const binary = fileURLToPath(new URL('../../bin/mcp-calc.js', import.meta.url));

export interface CliOptions {
  /** Beside PATH, HOME and TMPDIR: nothing else of the test's own environment is passed on. */
  env?: Record<string, string>;
  /** What stdin gets before it ends. */
  input?: string;
  /** After this the process is killed and the promise rejects; 10 s by default. */
  timeoutMs?: number;
  cwd?: string;
  /** Ends it with SIGINT when stderr has this. */
  stopWhen?: string;
  /** Arguments for node itself. */
  nodeArgs?: readonly string[];
}

export interface CliResult {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** From start to exit. */
  ms: number;
}

/** Starts the program and leaves it running: whoever calls ends it. */
export function startCli(
  args: readonly string[],
  { env = {}, cwd, nodeArgs = [] }: CliOptions = {},
): ChildProcessWithoutNullStreams {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const base = { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) };
  return spawn(process.execPath, [...nodeArgs, binary, ...args], { env: { ...base, ...env }, cwd, stdio: 'pipe' });
}

/** Runs the program to its end. Rejects when it takes longer than `timeoutMs`. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { input = '', timeoutMs = 10_000, stopWhen } = options;
  const started = performance.now();
  const child = startCli(args, options);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    if (stopWhen !== undefined && stderr.includes(stopWhen)) child.kill('SIGINT');
  });
  // The program may end without reading its input.
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`mcp-calc ${args.join(' ')} did not end within ${timeoutMs} ms\n${stdout}\n${stderr}`));
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, ms: performance.now() - started });
    });
  });
}

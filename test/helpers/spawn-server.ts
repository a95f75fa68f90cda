import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { binary } from './run-cli.js';

/** How long a server may take to listen, and to end when it is told to, ms. */
const START_MS = 15_000;
const STOP_MS = 15_000;

export interface SpawnedServer {
  /** `http://127.0.0.1:{port}`. */
  readonly origin: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** The lines of stderr so far. */
  readonly log: readonly string[];
  /** SIGTERM, and SIGKILL when that takes too long. Resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface SpawnOptions {
  /** Arguments for node itself. */
  nodeArgs?: readonly string[];
  /** Whether the child has a channel for messages, as `child.send` needs. */
  ipc?: boolean;
  /** `bin/mcp-calc.js` of another build. */
  program?: string;
  /** The working directory; that of the test where it is absent. */
  cwd?: string;
}

/** Starts the built binary, on a free port unless the arguments name one, and resolves when it listens. */
export async function spawnServer(
  args: readonly string[],
  env: Record<string, string> = {},
  { nodeArgs = [], ipc = false, program = binary, cwd }: SpawnOptions = {},
): Promise<SpawnedServer> {
  const port = args.includes('--port') ? [] : ['--port', '0'];
  const command = args.includes('--') ? args.slice(args.indexOf('--')) : [];
  const flags = [...args.slice(0, args.length - command.length), ...port, '--log-format', 'json'];
  const child = spawn(process.execPath, [...nodeArgs, program, ...flags, ...command], {
    cwd,
    env: { ...process.env, LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'ignore', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  }) as ChildProcessByStdio<null, null, Readable>;
  const log: string[] = [];
  const lines = createInterface({ input: child.stderr });
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => fail('did not listen in time'), START_MS);
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`mcp-calc ${args.join(' ')} ${why}:\n${log.join('\n')}`));
    };
    lines.on('line', (line) => {
      log.push(line);
      const found = /"url":"(http:[^"]+)"/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    child.once('exit', (code) => fail(`ended with ${code}`));
  });
  const { origin, port: bound } = new URL(url);
  return {
    origin,
    port: Number(bound),
    child,
    log,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      const [code] = (await ended) as [number | null];
      clearTimeout(timer);
      return code;
    },
  };
}

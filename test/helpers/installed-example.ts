import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { eventually } from './eventually.js';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
/** How long npm may take to install an example, and to start one of its scripts, ms. */
export const INSTALL_LIMIT_MS = 110_000;
const START_LIMIT_MS = 20_000;

/** A script of an example that runs. */
export interface RunningScript {
  /** What it has written, stdout and stderr, line by line. */
  readonly lines: readonly string[];
  /** Resolves with the first line that fits. */
  said(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
  /** Sends the signal to it and all that it has started, and resolves when all have ended. Safe to call twice. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A script that has said at which address it listens. */
export interface ListeningScript {
  readonly url: URL;
  /** All that it has written. */
  output(): string;
  stop(): Promise<void>;
}

export interface InstalledExample {
  readonly folder: string;
  /**
   * Runs a script by npm, or what comes after `exec`, with its log in JSON; resolves when it has said at which address it listens: of
   * MCP, unless another is looked for.
   */
  listen(args: readonly string[], env?: Record<string, string>, address?: RegExp): Promise<ListeningScript>;
  /** Runs `npm run <script>`; nothing of the test's environment is passed on but PATH, HOME and TMPDIR. */
  start(script: string, env?: Record<string, string>): RunningScript;
  /** Ends all that was started with SIGKILL, and removes the folder. */
  remove(): Promise<void>;
}

/** Installs an example into an empty folder, as somebody has it who got the packed package. */
export async function installExample(name: string): Promise<InstalledExample> {
  const folder = mkdtempSync(join(tmpdir(), `mcp-calc-${name}-`));
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', packing, { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const source = join(ROOT, 'examples', name);
  cpSync(source, folder, { recursive: true, filter: (path) => !path.startsWith(join(source, 'node_modules')) });
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8').replace('file:../..', `file:./${filename}`);
  writeFileSync(join(folder, 'package.json'), manifest);
  await run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    timeout: INSTALL_LIMIT_MS,
  });
  const started: RunningScript[] = [];
  return {
    folder,
    start(script, env = {}) {
      const running = runNpm(folder, ['run', '--silent', script], env);
      started.push(running);
      return running;
    },
    async listen(args, env = {}, address = /http:\/\/[\w.:]+\/mcp\b/) {
      const command = args[0] === 'exec' ? args : ['run', '--silent', ...args];
      const running = runNpm(folder, command, { LOG_FORMAT: 'json', LOG_LEVEL: 'info', ...env });
      started.push(running);
      const [url] = await running.said(address);
      return { url: new URL(url), output: () => running.lines.join('\n'), stop: () => running.stop('SIGKILL') };
    },
    async remove() {
      await Promise.all(started.map((each) => each.stop('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function runNpm(cwd: string, args: readonly string[], env: Record<string, string>): RunningScript {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn('npm', args, {
    cwd,
    env: { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm starts a shell, and that the program: they are ended together.
    detached: true,
  });
  // All that hold its output have ended then, and not npm alone.
  const closed = once(child, 'close');
  let isOver = false;
  void closed.then(() => (isOver = true));
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => lines.push(line));
  return {
    lines,
    said: (pattern, limitMs = START_LIMIT_MS) =>
      eventually(() => {
        const found = lines.map((line) => pattern.exec(line)).find((match) => match !== null);
        if (!found) throw new Error(`npm ${args.join(' ')} has not said ${pattern}:\n${lines.join('\n')}`);
        return found;
      }, limitMs),
    async stop(signal = 'SIGTERM') {
      if (!isOver) signalGroup(Number(child.pid), signal);
      await closed;
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // All have ended, and nobody has been told yet.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis, type RedisOptions } from 'ioredis';
import { findProgram } from '../../scripts/prepare-tests.js';
import { eventually } from './eventually.js';

/** How long a server may take to start, ms. */
const START_MS = 10_000;
/** Ports that are tried when another program was quicker to take one. */
const ATTEMPTS = 5;

/**
 * Runs a server that ends with this process, however it ends: the shell reads until the pipe closes.
 * The line of its output that is a number alone is the server's process id: which of both writes first is not said.
 */
const GUARD = '"$@" </dev/null & echo "$!"; read -r _; kill -9 "$!"; wait';

const STARTED = /Ready to accept connections|\+monitor master/;
const FAILED = /Address already in use|Failed listening|fatal/i;

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends the process with SIGKILL, keeping its data; `restart` starts it again on the same port. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: the process hangs with its connections open. */
  pause(): void;
  resume(): void;
  /** Removes all keys of all databases. */
  flush(): Promise<void>;
  /** Runs one command on a connection of its own. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  /** Ends the process and removes its data. Safe to call twice. */
  stop(): Promise<void>;
}

/** Keys that nodes keep for themselves: a lease each, and the token of their console. */
const OF_NODES = /:(?:lease|console-token(?::making)?)$/;

/** All keys but those of the nodes, sorted: what clients have left. */
export async function keysOfClients(redis: Pick<RedisServer, 'command'>): Promise<string[]> {
  const keys = (await redis.command('keys', '*')) as string[];
  return keys.filter((key) => !OF_NODES.test(key)).sort();
}

export interface StartOptions {
  /** More command line arguments: `['--appendonly', 'yes']`. */
  args?: readonly string[];
  /** Instead of any free one. */
  port?: number;
  /** What `command` and `flush` need beside host and port. */
  client?: RedisOptions;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a Redis server of its own on a free port of 127.0.0.1, with an empty folder of its own for its data. */
export async function startRedis({ args = [], port: wanted, client = {} }: StartOptions = {}): Promise<RedisServer> {
  const binary = String(findProgram('redis'));
  const dir = mkdtempSync(join(tmpdir(), 'mcp-calc-redis-'));
  let port = 0;
  let running: { pid: number; guard: ChildProcess };
  const launch = () =>
    run(binary, [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--save',
      '',
      '--appendfsync',
      'always',
      ...args,
    ]);
  const kill = async () => {
    if (running.guard.exitCode !== null) return;
    running.guard.stdin?.end();
    await once(running.guard, 'exit');
  };
  for (let attempt = 1; ; attempt++) {
    port = wanted ?? (await freePort());
    try {
      running = await launch();
      break;
    } catch (error) {
      if (attempt >= ATTEMPTS || wanted !== undefined) {
        rmSync(dir, { recursive: true, force: true });
        throw error;
      }
    }
  }
  const command: RedisServer['command'] = async (name, ...parameters) => {
    const connection = new Redis(port, '127.0.0.1', { ...client, retryStrategy: null, lazyConnect: true });
    // A server that goes down or changes its role cuts it: the command says so.
    connection.on('error', () => undefined);
    try {
      await connection.connect();
      return await connection.call(name, parameters);
    } finally {
      connection.disconnect();
    }
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running.pid;
    },
    kill,
    async restart() {
      await kill();
      running = await launch();
    },
    pause: () => process.kill(running.pid, 'SIGSTOP'),
    resume: () => process.kill(running.pid, 'SIGCONT'),
    async flush() {
      await command('flushall');
    },
    command,
    async stop() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** How long a replica may take to have all that its master has, ms. */
const SYNC_MS = 10_000;

/** Starts a server that follows another, and resolves when it has all that the other has. */
export async function startReplica(master: RedisServer, args: readonly string[] = []): Promise<RedisServer> {
  const delays = ['--repl-diskless-sync-delay', '0'];
  // A master that is demoted is a replica as well.
  await master.command('config', 'set', 'repl-diskless-sync-delay', '0');
  const replica = await startRedis({
    args: ['--replicaof', '127.0.0.1', String(master.port), ...delays, ...args],
  });
  await eventually(async () => {
    const info = String(await replica.command('info', 'replication'));
    if (!info.includes('master_link_status:up')) throw new Error(`The replica does not follow:\n${info}`);
  }, SYNC_MS);
  return replica;
}

/** Resolves when the server accepts connections; rejects with its output when it does not. */
export function run(binary: string, args: readonly string[]): Promise<{ pid: number; guard: ChildProcess }> {
  const guard = spawn('sh', ['-c', GUARD, 'sh', binary, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const output: string[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => guard.stdin.end(), START_MS);
    // Listens on after the start, so that the pipe never fills.
    createInterface({ input: guard.stdout }).on('line', (line) => {
      if (!timer.hasRef()) return;
      output.push(line);
      if (FAILED.test(line)) guard.stdin.end();
      if (!STARTED.test(line)) return;
      clearTimeout(timer);
      timer.unref();
      resolve({ pid: Number(output.find((said) => /^\d+$/.test(said))), guard });
    });
    guard.once('error', reject);
    guard.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${binary} did not start:\n${output.slice(1).join('\n')}`));
    });
  });
}

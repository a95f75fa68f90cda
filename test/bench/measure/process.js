import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** How long a server may take to listen, and to end after SIGTERM, ms. */
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 15_000;
const POLL_MS = 25;

/** What still runs; it ends with this process, however that ends. */
const children = new Set();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/**
 * Starts a program on one core, or on any where that is undefined. It sees no environment but what it needs, writes to
 * /dev/null, and ends with this process.
 * @param {readonly string[]} command
 * @param {{ core?: string, env?: Record<string, string>, ipc?: boolean, cwd?: string }} options
 */
export function startProcess(command, { core, env = {}, ipc = false, cwd } = {}) {
  const [program, ...args] = core === undefined ? command : ['taskset', '-c', core, ...command];
  const { PATH, HOME } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'ignore', ...(ipc ? ['ipc'] : [])],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  children.add(child);
  void ended.then(() => children.delete(child));
  return {
    child,
    pid: child.pid,
    ended,
    running: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Resolves when something accepts connections on the port; rejects when the process ends first, or takes too long. */
export async function listening(running, port, name) {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    if (await accepts(port)) return;
    if (!running.running()) throw new Error(`${name} ended before it listened, with code ${running.child.exitCode}`);
    await wait(POLL_MS);
  }
  await running.stop();
  throw new Error(`${name} did not listen within ${START_LIMIT_MS} ms`);
}

/** A free port of the loopback address. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

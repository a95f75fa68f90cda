import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** How long a server may take to listen, and to end after SIGTERM, ms. */
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 15_000;
/** Lines of a server's log that are kept to explain why it did not start. */
const KEPT_LINES = 20;

/**
 * Starts `mcp-calc` and resolves when it listens. Flags alone configure it: of the environment it gets what a program
 * needs to run. Rejects with the end of its log when it ends, or does not listen in time.
 * @param {readonly string[]} args
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startServer(args) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['bin/mcp-calc.js', ...args], {
    cwd: ROOT,
    env: { PATH, HOME },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  // Whatever ends this process ends the server too.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  try {
    return { url: await listening(child), close: () => stop(child, exited) };
  } catch (error) {
    await stop(child, exited);
    throw error;
  }
}

/** The address in the log line that says so. The log is read on afterwards, so that the server never waits for us. */
function listening(child) {
  const kept = [];
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`The server ${why}:\n${kept.join('\n')}`));
    const timer = setTimeout(() => fail(`did not listen within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.once('error', reject);
    // Not `exit`: the last lines of the log may come after that.
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${signal ?? `code ${code}`}`);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      const url = addressIn(line);
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

function addressIn(line) {
  try {
    const { url } = JSON.parse(line);
    return typeof url === 'string' ? url : undefined;
  } catch {
    return undefined; // a line that is no log line: a warning of Node's, or a failure in words
  }
}

async function stop(child, exited) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

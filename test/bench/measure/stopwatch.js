import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { initialize } from '../workloads/requests.js';

const LIMIT_MS = 180_000;

/** Milliseconds that a command runs. */
export function timeToExit(command) {
  return time(command, {}, (child, done) => child.once('exit', done));
}

/** Milliseconds from the start of a stdio server to its answer to `initialize`; it is ended then. */
export function timeToAnswer(command, { env, cwd } = {}) {
  return time(command, { env, cwd }, (child, done) => {
    child.stdin.on('error', () => undefined).write(`${initialize()}\n`);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (text.includes('"serverInfo"')) done();
    });
  });
}

function time([program, ...args], { env = {}, cwd }, watch) {
  return new Promise((resolve, reject) => {
    const { PATH, HOME } = process.env;
    const start = performance.now();
    // A process group of its own: npx starts others, and all of them are to end.
    const child = spawn(program, args, {
      cwd,
      env: { PATH, HOME, ...env },
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const kill = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    process.once('exit', kill);
    let took;
    const timer = setTimeout(kill, LIMIT_MS);
    watch(child, () => {
      took ??= performance.now() - start;
      kill();
    });
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      process.off('exit', kill);
      if (took === undefined) reject(new Error(`${program} ended without an answer, with code ${child.exitCode}`));
      else resolve(took);
    });
  });
}

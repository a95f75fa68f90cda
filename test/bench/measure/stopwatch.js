import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { initialize, toolsList } from '../workloads/requests.js';

const LIMIT_MS = 180_000;
/** Between two tries to reach a server that starts. */
const RETRY_MS = 2;

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

/** Milliseconds from the start of a server to its answer to a `tools/list` over HTTP, tried again until there is one. */
export function timeToHttpAnswer(command, port, options) {
  return time(command, options ?? {}, (child, done) => {
    const ask = () => {
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const asking = request({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers }, (res) => {
        res.resume();
        res.once('end', () => res.statusCode === 200 && done());
      });
      asking.once('error', () => child.exitCode === null && setTimeout(ask, RETRY_MS));
      asking.end(toolsList);
    };
    ask();
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

import { fileURLToPath } from 'node:url';
import { startProcess } from './process.js';

const PROGRAM = fileURLToPath(new URL('load/program.js', import.meta.url));
/** How long one task may take beyond its own duration, ms. */
const TASK_LIMIT_MS = 120_000;

/** The process that makes the load, on a core of its own. `run` gives it one task of load/program.js. */
export function startLoad(core) {
  const running = startProcess([process.execPath, PROGRAM], { core, ipc: true });
  return {
    run: (task, options) =>
      new Promise((resolve, reject) => {
        const done = (settle) => (value) => {
          clearTimeout(timer);
          running.child.off('message', onMessage).off('exit', onExit);
          settle(value);
        };
        const onMessage = ({ value, error }) => (error === undefined ? done(resolve)(value) : onError(error));
        const onError = (message) => done(reject)(new Error(message));
        const onExit = () => onError('The load ended before its task');
        const timer = setTimeout(() => onError(`The task ${task} took too long`), TASK_LIMIT_MS);
        running.child.on('message', onMessage).on('exit', onExit);
        running.child.send({ task, options });
      }),
    stop: () => running.stop(),
  };
}

import { fileURLToPath } from 'node:url';

const PROBE = fileURLToPath(new URL('allocation-probe.js', import.meta.url));
const ANSWER_LIMIT_MS = 20_000;

/** Node's arguments for a server whose garbage is to be measured; it needs an IPC channel too. */
export const allocationArguments = ['--expose-gc', '--import', PROBE];

/**
 * Bytes that a process allocates while `work` runs.
 * @param {{ child: import('node:child_process').ChildProcess }} running
 * @param {boolean} promoted counts only what outlives the young generation: it is there still, or was collected with the old one
 * @param {() => Promise<void>} work
 */
export async function allocated(running, promoted, work) {
  await tell(running, {
    count: { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: !promoted },
  });
  await work();
  return (await tell(running, {})).bytes;
}

function tell({ child }, message) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server did not say what it allocates')), ANSWER_LIMIT_MS);
    child.once('message', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    child.send(message);
  });
}

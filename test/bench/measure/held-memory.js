import { fileURLToPath } from 'node:url';
import { residentBytes } from './usage.js';

const PROBE = fileURLToPath(new URL('memory-probe.js', import.meta.url));
const ANSWER_LIMIT_MS = 20_000;

/** Node's arguments for a server whose memory is to be measured; it needs an IPC channel too. */
export const memoryArguments = ['--expose-gc', '--import', PROBE];

/** Resident bytes of a process after its garbage was collected. */
export async function heldMemory({ child, pid }) {
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server did not say how much memory it holds')), ANSWER_LIMIT_MS);
    child.once('message', () => {
      clearTimeout(timer);
      resolve();
    });
    child.send('collect');
  });
  return residentBytes(pid);
}

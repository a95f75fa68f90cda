import { fileURLToPath } from 'node:url';
import { residentBytes } from './usage.js';

const PROBE = fileURLToPath(new URL('memory-probe.js', import.meta.url));
const ANSWER_LIMIT_MS = 20_000;

/** Node's arguments for a server whose memory is to be measured; it needs an IPC channel too. */
export const memoryArguments = ['--expose-gc', '--import', PROBE];

/** Bytes that a process holds after its garbage was collected: resident, and of that in the heap of JavaScript. */
export async function heldMemory({ child, pid }) {
  const heap = await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('The server did not say how much memory it holds')),
      ANSWER_LIMIT_MS,
    );
    child.once('message', ({ heapUsed }) => {
      clearTimeout(timer);
      resolve(heapUsed);
    });
    child.send('collect');
  });
  return { heap, resident: residentBytes(pid) };
}

import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SpawnedServer } from '../../helpers/spawn-server.js';

/** Between two probes, ms. */
const PAUSE_MS = 2;

/**
 * Asks `/livez` again and again while something is done; resolves to the longest that an answer took, ms. Only the time
 * counts in which the server's main thread ran: what else the machine is busy with is not its fault.
 */
export async function longestWait({ origin, child }: SpawnedServer, doing: () => Promise<unknown>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ran = () => ranFor(Number(child.pid));
  let longest = 0;
  let done = false;
  const probe = async () => {
    while (!done) {
      const [asked, before] = [performance.now(), ran()];
      await livez(origin, agent);
      longest = Math.max(longest, Math.min(performance.now() - asked, ran() - before));
      await delay(PAUSE_MS);
    }
  };
  await livez(origin, agent);
  const probing = probe();
  try {
    await delay(PAUSE_MS);
    await doing();
  } finally {
    done = true;
    await probing;
    agent.destroy();
  }
  return longest;
}

/** How long a process's main thread has run so far, ms: the kernel counts it in nanoseconds (proc(5), schedstat). */
function ranFor(pid: number): number {
  const [nanoseconds = ''] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}

function livez(origin: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(`${origin}/livez`, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
}

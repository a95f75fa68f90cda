import { allocated, allocationArguments } from '../measure/allocation.js';
import { heldMemory, memoryArguments } from '../measure/held-memory.js';
import { freePort, listening, startProcess } from '../measure/process.js';
import { cpuMicros } from '../measure/usage.js';

/**
 * A subject that runs.
 * @typedef {{ url: string, cpuMicros(): number | undefined, heldMemory(): Promise<{ heap: number, resident: number }>,
 *   allocated(promoted: boolean, work: () => Promise<void>): Promise<number>, stop(): Promise<void> }} Opened
 */

/**
 * Starts a server on the servers' core and resolves when it listens.
 * @param {(port: number) => { args: string[], env?: Record<string, string> }} commandOf Node's arguments
 * @returns {Promise<Opened>}
 */
export async function openServer({ cores }, commandOf, { env: more = {}, memory = false, allocation = false } = {}) {
  const port = await freePort();
  const { args, env = {} } = commandOf(port);
  const probes = [...(memory ? memoryArguments : []), ...(allocation ? allocationArguments : [])];
  const command = [process.execPath, ...probes, ...args];
  const running = startProcess(command, { core: cores?.server, env: { ...env, ...more }, ipc: memory || allocation });
  await listening(running, port, args.filter((arg) => !arg.startsWith('/')).join(' '));
  return opened(port, [running]);
}

/** Starts nodes on any core, and a proxy before them that gives every connection to the next one. */
export async function openNodes(bench, count, commandOf, proxy) {
  const ports = [];
  const processes = [];
  try {
    for (let node = 0; node < count; node++) {
      ports[node] = await freePort();
      processes.push(startProcess([process.execPath, ...commandOf(ports[node]).args]));
      await listening(processes.at(-1), ports[node], `node ${node + 1}`);
    }
    const port = await freePort();
    const balancer = startProcess([process.execPath, proxy, String(port), ...ports.map(String)], {
      core: bench.cores?.load,
    });
    const all = opened(port, processes);
    processes.push(balancer);
    await listening(balancer, port, 'the proxy');
    return { ...all, stop: () => stopAll(processes) };
  } catch (error) {
    await stopAll(processes);
    throw error;
  }
}

function opened(port, processes) {
  const pids = processes.map(({ pid }) => pid);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    cpuMicros: () => cpuMicros(pids),
    heldMemory: () => heldMemory(processes[0]),
    allocated: (promoted, work) => allocated(processes[0], promoted, work),
    stop: () => stopAll(processes),
  };
}

async function stopAll(processes) {
  await Promise.all(processes.map((running) => running.stop()));
}

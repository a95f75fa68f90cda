import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';

/** What the figures were measured on. No names: neither of the host nor of its user. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

/**
 * A core for the servers and another for the load, where the machine lets processes be pinned.
 * @returns {{ server: string, load: string } | undefined}
 */
export function findCores() {
  const [server, load] = allowedCores();
  if (load === undefined || spawnSync('taskset', ['-c', server, 'true']).status !== 0) return undefined;
  return { server, load };
}

/** How many files a process may have open: Node raises its own limit to this one at the start. */
export function openFiles() {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(read('/proc/self/limits'))?.[1];
  return hard === undefined || hard === 'unlimited' ? Infinity : Number(hard);
}

/** Linux lists the cores that this process may run on as `0-3,6`. */
function allowedCores() {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status'))?.[1] ?? '';
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  });
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // no Linux
  }
}

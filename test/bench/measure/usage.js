import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

let ticks;

/**
 * The CPU time that processes and their children have used, in microseconds; undefined where there is no /proc.
 * It counts in hundredths of a second: take it over some seconds.
 */
export function cpuMicros(pids) {
  try {
    ticks ??= Number(execFileSync('getconf', ['CLK_TCK']));
    return pids.flatMap(withChildren).reduce((sum, pid) => sum + ticksOf(pid), 0) * (1e6 / ticks);
  } catch {
    return undefined;
  }
}

/** Resident memory in bytes; undefined where there is no /proc. */
export function residentBytes(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** User and system time are the 14th and 15th field (proc_pid_stat); the 2nd may hold spaces. */
function ticksOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function withChildren(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter((text) => text.trim() !== ''),
  );
  return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
}

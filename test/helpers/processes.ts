import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { eventually } from './eventually.js';

/** Whether a process has ended: one whose parent has not yet asked for its exit code has, too. */
export function hasEnded(pid: number): boolean {
  const fields = statOf(pid);
  return fields === undefined || fields.state === 'Z';
}

/** The processes that a process has started and that run. */
export function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => statOf(pid)?.parent === parent && !hasEnded(pid));
}

/** Resolves when all of them have ended; kills those that have not within the limit, and rejects. */
export async function endedWithin(pids: readonly number[], limitMs: number): Promise<void> {
  try {
    await eventually(() => expect(pids.filter((pid) => !hasEnded(pid))).toEqual([]), limitMs);
  } catch (error) {
    for (const pid of pids) if (!hasEnded(pid)) process.kill(pid, 'SIGKILL');
    throw error;
  }
}

function statOf(pid: number): { state?: string; parent: number } | undefined {
  try {
    // The name, in brackets, may hold anything.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

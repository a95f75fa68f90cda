import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The size of a page in /proc, bytes: of every platform that Node is built for, but for some of arm64, which then seem to hold less. */
const PAGE = 4_096;
/** How long `ps` may take, ms, and what it may write, bytes. */
const PS_MS = 5_000;
const PS_BYTES = 4_000_000;

/** What each process group holds in memory (resident, in bytes), by its id: read from /proc, elsewhere told by `ps`. */
export function memoryOf(): Promise<Map<number, number>> {
  return process.platform === 'linux' ? readProc() : askPs();
}

async function readProc(): Promise<Map<number, number>> {
  const held = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // One that has ended meanwhile holds nothing.
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
    // After the name, which may hold anything: state, parent, group, … and 24th of all the resident pages.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    add(held, Number(fields[2]), Number(fields[21]) * PAGE);
  }
  return held;
}

async function askPs(): Promise<Map<number, number>> {
  const held = new Map<number, number>();
  if (process.platform === 'win32') return held;
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pgid=,rss='], {
    timeout: PS_MS,
    maxBuffer: PS_BYTES,
  });
  for (const line of stdout.split('\n')) {
    const [group, kilobytes] = line.trim().split(/\s+/).map(Number);
    add(held, group ?? NaN, (kilobytes ?? NaN) * 1_024);
  }
  return held;
}

function add(held: Map<number, number>, group: number, bytes: number): void {
  if (Number.isFinite(group) && Number.isFinite(bytes)) held.set(group, (held.get(group) ?? 0) + bytes);
}

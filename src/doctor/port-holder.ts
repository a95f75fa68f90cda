import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import type { DoctorContext } from './context.js';
import { findCommand } from './find-command.js';

export interface PortHolder {
  readonly pid: number;
  readonly name: string;
}

/** Processes, and open files of each, that are looked through. */
const MAX_PROCESSES = 5_000;
const MAX_FILES = 4_096;
const LSOF_MS = 3_000;
const LSOF_BYTES = 100_000;
/** TCP_LISTEN of the kernel. */
const LISTENING = '0A';

/** Who listens on a TCP port, as far as the system tells without further rights. */
export async function portHolder(
  port: number,
  context: DoctorContext,
  signal: AbortSignal,
): Promise<PortHolder | undefined> {
  if (context.platform === 'linux') {
    const found = await bySocket(await listeningSockets(port));
    if (found !== undefined) return found;
  }
  return context.platform === 'win32' ? undefined : byLsof(port, context, signal);
}

/** The kernel's numbers of the sockets that listen on the port (proc_net_tcp(5)). */
async function listeningSockets(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = tables
    .join('\n')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return new Set(
    rows.filter((row) => row[1]?.endsWith(`:${wanted}`) && row[3] === LISTENING).map((row) => `socket:[${row[9]}]`),
  );
}

async function bySocket(sockets: ReadonlySet<string>): Promise<PortHolder | undefined> {
  if (sockets.size === 0) return undefined;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).slice(0, MAX_PROCESSES);
  for (const pid of pids) {
    // The files of other people's processes can't be read.
    const files = (await readdir(`/proc/${pid}/fd`).catch(() => [])).slice(0, MAX_FILES);
    const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
    if (links.some((link) => sockets.has(link))) {
      return { pid: Number(pid), name: (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'unknown')).trim() };
    }
  }
  return undefined;
}

async function byLsof(port: number, context: DoctorContext, signal: AbortSignal): Promise<PortHolder | undefined> {
  const lsof = await findCommand(
    'lsof',
    { ...context, env: { PATH: `${context.env.PATH ?? ''}:/usr/sbin` } },
    context.cwd,
  );
  if (lsof === undefined) return undefined;
  const output = await new Promise<string>((resolve) => {
    const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
    execFile(lsof, args, { timeout: LSOF_MS, maxBuffer: LSOF_BYTES, signal }, (_error, stdout) => resolve(stdout));
  });
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), name: /^c(.+)$/m.exec(output)?.[1] ?? 'unknown' };
}

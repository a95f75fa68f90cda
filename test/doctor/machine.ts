import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Check, CheckReport, DoctorContext } from '../../src/doctor/index.js';
import { checks, examine } from '../../src/doctor/index.js';
import { binary } from '../helpers/run-cli.js';

/** A folder of the test's own, gone when it has finished. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-calc-doctor-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder; objects as JSON. */
export async function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** An empty machine: no variables but the PATH, no files, no wishes. */
export function machine(over: Partial<DoctorContext> = {}): DoctorContext {
  return {
    env: { PATH: process.env.PATH },
    home: '/nonexistent/home',
    cwd: '/nonexistent/project',
    platform: 'linux',
    nodeVersion: process.versions.node,
    self: { command: process.execPath, args: [binary] },
    redis: undefined,
    url: undefined,
    headers: {},
    origin: 'http://localhost:6274',
    fetch,
    now: Date.now,
    ...over,
  };
}

export function checkOf(id: string): Check {
  const check = checks.find((each) => each.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  return check;
}

/** Runs one check as the doctor does. */
export async function report(id: string, over: Partial<DoctorContext> = {}, timeoutMs?: number): Promise<CheckReport> {
  const [running] = examine([checkOf(id)], machine(over), timeoutMs === undefined ? {} : { timeoutMs });
  if (running === undefined) throw new Error(`the check ${id} does not apply`);
  return running.report;
}

/** Its findings, a line each: `failure: what`, behind the subject where there is one. */
export async function findings(id: string, over: Partial<DoctorContext> = {}): Promise<string[]> {
  const { findings: found } = await report(id, over);
  return found.map(
    ({ level, subject, message }) => `${level}: ${subject === undefined ? '' : `${subject}: `}${message}`,
  );
}

import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Machine } from '../hosts/files.js';

/** What says where the files of hosts are on this machine. */
export function thisMachine(): Machine {
  return { env: process.env, home: homedir(), cwd: process.cwd(), platform: process.platform };
}

/** The script that this process was started with: npm starts it through a link. */
export function ownBinary(): string {
  return realpathSync(process.argv[1] ?? '');
}

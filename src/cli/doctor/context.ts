import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import type { DoctorContext, HostFiles } from '../../doctor/context.js';
import { hosts } from '../../hosts/index.js';
import type { HostSystem, Target } from '../../hosts/index.js';

/** What of the context comes from the command line. */
export type Wishes = Pick<DoctorContext, 'redis' | 'url' | 'headers' | 'origin'>;

/** This machine, as the doctor may look at it. */
export function thisMachine(wishes: Wishes): DoctorContext {
  const { env, platform, versions } = process;
  return {
    env,
    home: homedir(),
    cwd: process.cwd(),
    platform,
    nodeVersion: versions.node,
    // npm starts the script through a link.
    self: { command: process.execPath, args: [realpathSync(process.argv[1] ?? '')] },
    hosts: hostFiles(platform === 'win32' ? 'windows' : platform === 'darwin' ? 'macos' : 'linux'),
    fetch,
    now: Date.now,
    ...wishes,
  };
}

const ANY_TARGET: Target = { transport: 'stdio', command: 'npx', args: [] };
const WITH_COMMENTS = ['vscode'];

/** The files that `mcp-calc config` writes for, with the field that it puts servers under. */
export function hostFiles(system: HostSystem): HostFiles[] {
  return hosts.map(({ name, title, paths, snippet }) => ({
    title,
    key: Object.keys(snippet(ANY_TARGET, system))[0] ?? 'mcpServers',
    paths: paths(system),
    comments: WITH_COMMENTS.includes(name),
  }));
}

export type HostSystem = 'linux' | 'macos' | 'windows';
export type HostTransport = 'stdio' | 'http' | 'sse';

/** How the host reaches the server: by starting it, or by its address. */
export type Target =
  | { readonly transport: 'stdio'; readonly command: string; readonly args: readonly string[] }
  | { readonly transport: 'http' | 'sse'; readonly url: string };

/** The name under which the server stands in every configuration. */
export const SERVER_NAME = 'mcp-calc';

export interface InstallStep {
  /** Whether it is a line for a shell or a link to open. */
  readonly kind: 'command' | 'link';
  readonly text: string;
}

/** A program that uses MCP servers, and how it is told about one. */
export interface Host {
  readonly name: string;
  readonly title: string;
  /** Where the snippet belongs: the file for all projects first, then the one of a project. */
  paths(system: HostSystem): readonly string[];
  /** The JSON to put there. */
  snippet(target: Target, system: HostSystem): Record<string, unknown>;
  /** What does it without editing a file, where the host has such a thing. */
  install?(target: Target, system: HostSystem): InstallStep;
  /** What one must know beside the snippet. */
  note?(target: Target): string | undefined;
}

/** Declares a host. */
export function defineHost(host: Host): Host {
  return host;
}

/** Windows starts `npx`, which is a batch file there, only through its shell. */
export function throughShell(target: Target, system: HostSystem): Target {
  if (target.transport !== 'stdio' || target.command !== 'npx' || system !== 'windows') return target;
  return { transport: 'stdio', command: 'cmd', args: ['/c', target.command, ...target.args] };
}

/** One argument as the system's shell takes it. */
export function quoted(argument: string, system: HostSystem): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return system === 'windows' ? `"${argument.replaceAll('"', '\\"')}"` : `'${argument.replaceAll("'", "'\\''")}'`;
}

export type HostSystem = 'linux' | 'macos' | 'windows';
export type HostTransport = 'stdio' | 'http' | 'sse';

/** What starts a program: the file or name of it, and its arguments. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

interface Started extends Program {
  readonly transport: 'stdio';
}

/** How the host reaches the server: by starting it, or by its address. */
export type Reach = Started | { readonly transport: 'http' | 'sse'; readonly url: string };

/** A server that a host is to be told of. */
export interface Offer {
  /** Under which it stands in the configuration. */
  readonly name: string;
  readonly reach: Reach;
  readonly system: HostSystem;
  /** What starts this program, for a host that starts servers and takes no address. */
  readonly self: Program;
}

/** The name under which the calculator stands in every configuration. */
export const SERVER_NAME = 'mcp-calc';

/** The field of a configuration that holds the servers. */
export type ServersKey = 'mcpServers' | 'servers' | 'context_servers' | 'mcp_servers';

export interface InstallStep {
  /** Whether it is a line for a shell or a link to open. */
  readonly kind: 'command' | 'link';
  readonly text: string;
}

/** A program that uses MCP servers, and how it is told about one. */
export interface Host {
  readonly name: string;
  readonly title: string;
  readonly key: ServersKey;
  /** What its files are written in: JSON, unless it says otherwise. */
  readonly format?: 'toml';
  /** Whether its files may hold comments and commas at the end of a list. */
  readonly comments?: true;
  /**
   * Its files, with `~`, `%APPDATA%` and `%USERPROFILE%` as the host's manual writes them: the one for all projects
   * first, then the one of a project, which is relative.
   */
  paths(system: HostSystem): readonly string[];
  /** What stands under the server's name. */
  entry(offer: Offer): Record<string, unknown>;
  /** What does it without editing a file, where the host has such a thing. */
  install?(offer: Offer): InstallStep;
  /** What one must know beside the snippet. */
  note?(offer: Offer): string | undefined;
}

/** Declares a host. */
export function defineHost(host: Host): Host {
  return host;
}

export type HostDescription = ReturnType<typeof describeHost>;

/** All there is to say about one host and one server. */
export function describeHost(host: Host, offer: Offer) {
  const { name, reach, system } = offer;
  return {
    host: host.name,
    transport: reach.transport,
    os: system,
    format: host.format ?? ('json' as const),
    paths: host.paths(system),
    /** What to put there, as an object. */
    snippet: { [host.key]: { [name]: host.entry(offer) } },
    install: host.install?.(offer),
    note: host.note?.(offer),
  };
}

export function systemOf(platform: NodeJS.Platform): HostSystem {
  return platform === 'win32' ? 'windows' : platform === 'darwin' ? 'macos' : 'linux';
}

/** Windows starts `npx`, which is a batch file there, only through its shell. */
export function throughShell({ reach, system }: Pick<Offer, 'reach' | 'system'>): Reach {
  if (reach.transport !== 'stdio' || reach.command !== 'npx' || system !== 'windows') return reach;
  return { transport: 'stdio', command: 'cmd', args: ['/c', reach.command, ...reach.args] };
}

/** The entry of a host that tells by the fields alone how the server is reached: a command with arguments, or a `url`. */
export function plainEntry(offer: Pick<Offer, 'reach' | 'system'>): Record<string, unknown> {
  const { transport: _, ...rest } = throughShell(offer);
  return rest;
}

/** One argument as the system's shell takes it. */
export function quoted(argument: string, system: HostSystem): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return system === 'windows' ? `"${argument.replaceAll('"', '\\"')}"` : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** The command line that starts the server, as the system's shell takes it. */
export function commandLine({ command, args }: Program, system: HostSystem): string {
  return [command, ...args].map((arg) => quoted(arg, system)).join(' ');
}

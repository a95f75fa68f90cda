import { CliError } from '../cli/errors.js';
import type { Host, HostSystem, HostTransport, InstallStep, Target } from './define.js';

/** Where the servers of this program listen unless told otherwise. */
export const DEFAULT_URLS = { http: 'http://127.0.0.1:1453/mcp', sse: 'http://127.0.0.1:1923/sse' } as const;

/** All there is to say about one host and one way to reach the server. */
export interface HostDescription {
  readonly host: string;
  readonly transport: HostTransport;
  readonly os: HostSystem;
  readonly paths: readonly string[];
  readonly snippet: Record<string, unknown>;
  readonly install?: InstallStep;
  readonly note?: string;
}

export function describeHost(host: Host, target: Target, os: HostSystem): HostDescription {
  const install = host.install?.(target, os);
  const note = host.note?.(target);
  return {
    host: host.name,
    transport: target.transport,
    os,
    paths: host.paths(os),
    snippet: host.snippet(target, os),
    ...(install === undefined ? {} : { install }),
    ...(note === undefined ? {} : { note }),
  };
}

export interface TargetFlags {
  transport?: HostTransport;
  url?: string;
  /** The command line of this very copy, where it is to be started. */
  local?: { command: string; args: readonly string[] };
}

/** The way to reach the server that the flags ask for; throws a {@link CliError} where they contradict each other. */
export function targetOf({ transport, url, local }: TargetFlags): Target {
  if (url !== undefined && transport === 'stdio') {
    throw new CliError('--url is the address of a server that runs already: it does not go with --transport stdio');
  }
  if (url !== undefined && !(/^https?:\/\//i.test(url) && URL.canParse(url))) {
    throw new CliError(`--url: "${url}" is wrong: it must be an absolute URL such as ${DEFAULT_URLS.http}`);
  }
  const chosen = transport ?? (url === undefined ? 'stdio' : 'http');
  if (chosen === 'stdio') return { transport: chosen, ...(local ?? { command: 'npx', args: ['-y', 'mcp-calc', 'stdio'] }) };
  if (local !== undefined) throw new CliError('--local starts a server: it goes with --transport stdio only');
  return { transport: chosen, url: url ?? DEFAULT_URLS[chosen] };
}

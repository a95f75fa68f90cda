import type { Environment } from '../config/index.js';

/** A program that uses MCP servers, and where it is told about them. */
export interface HostFiles {
  readonly title: string;
  /** The field that holds the servers: `mcpServers`, or `servers`. */
  readonly key: string;
  /** With `~`, `%APPDATA%` and `%USERPROFILE%` as the host's manual writes them; relative ones belong to a project. */
  readonly paths: readonly string[];
  /** Whether the file may hold comments and commas at the end of a list. */
  readonly comments: boolean;
}

/** All that the checks may look at; nothing else of the process is read. */
export interface DoctorContext {
  readonly env: Environment;
  readonly home: string;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Of the Node.js that runs this, without the v. */
  readonly nodeVersion: string;
  /** Starts this very program: the command of a server is added to the arguments. */
  readonly self: { readonly command: string; readonly args: readonly string[] };
  readonly hosts: readonly HostFiles[];
  /** `--redis`: a URL, or true where the flag stands alone. */
  readonly redis: string | true | undefined;
  /** The server elsewhere that is to be examined. */
  readonly url: URL | undefined;
  /** For that server alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** The page that is to use that server from a browser. */
  readonly origin: string;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
}

import type { Machine } from '../hosts/files.js';

/** All that the checks may look at; nothing else of the process is read. */
export interface DoctorContext extends Machine {
  /** Of the Node.js that runs this, without the v. */
  readonly nodeVersion: string;
  /** Starts this very program: the command of a server is added to the arguments. */
  readonly self: { readonly command: string; readonly args: readonly string[] };
  /** `--redis`: a URL, or true where the flag stands alone. */
  readonly redis: string | true | undefined;
  /** The server elsewhere that is to be examined. */
  readonly url: URL | undefined;
  /** The command, and its arguments, of a server that is to be examined; absent or empty where there is none. */
  readonly served?: readonly string[];
  /** For that server alone. */
  readonly headers: Readonly<Record<string, string>>;
  /** The page that is to use that server from a browser. */
  readonly origin: string;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
}

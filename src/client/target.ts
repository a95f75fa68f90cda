import { quote } from '../text/harmless.js';
import { redactUrl } from '../text/secrets.js';

/** A server to start and to speak to over its stdin and stdout. */
export interface StdioTarget {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A server at an address. */
export interface HttpTarget {
  readonly kind: 'http';
  readonly url: URL;
  /** `auto`: Streamable HTTP, and the legacy SSE transport where the server knows no other. */
  readonly transport: 'auto' | 'http' | 'sse';
  /** Sent with every request to the server, and to nobody else. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Target = StdioTarget | HttpTarget;

/** The target in a few words, for messages. */
export function describeTarget(target: Target): string {
  return target.kind === 'http' ? redactUrl(target.url.href) : quote([target.command, ...target.args].join(' '));
}

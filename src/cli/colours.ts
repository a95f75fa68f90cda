import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import type { ChalkInstance } from 'chalk';

/** Colours for one stream: none where it is no terminal or NO_COLOR is set (no-color.org), unless FORCE_COLOR asks for them. */
export function coloursFor(stream: 'stdout' | 'stderr', env: NodeJS.ProcessEnv = process.env): ChalkInstance {
  // chalk knows FORCE_COLOR and pipes, but not NO_COLOR.
  if (env.NO_COLOR) return new Chalk({ level: 0 });
  const support = stream === 'stdout' ? supportsColor : supportsColorStderr;
  return new Chalk({ level: support === false ? 0 : support.level });
}

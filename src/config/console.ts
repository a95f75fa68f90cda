import { isLoopback } from '../net/loopback.js';
import type { Reading } from './read.js';

export interface ConsoleConfig {
  /** Opens the console; undefined has one made. */
  readonly token: string | undefined;
  /** Whether to open a browser. */
  readonly open: boolean;
}

/** The console, where there is one: without being asked for, only where nobody but this machine's users can reach it, and nobody signs in. */
export function consoleConfig({ values }: Reading, problems: string[]): ConsoleConfig | undefined {
  const isOn = values.console ?? (isLoopback(values.host) && values.auth === 'none');
  if (isOn) return { token: values.consoleToken, open: values.open };
  if (values.open)
    problems.push('--open (WEB_CONSOLE_OPEN) needs the console: add --console (WEB_CONSOLE), or drop --open');
  return undefined;
}

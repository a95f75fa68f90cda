import { stdioDefaults, stdioVariables } from '../config/stdio-defaults.js';

/**
 * Whether this is `mcp-calc stdio` and nothing else: no flag, and no variable that it reads. Editors start it like that, often,
 * and wait for it.
 */
export function isPlainStdio(args: readonly string[], env: Readonly<Record<string, string | undefined>>): boolean {
  return args.length === 1 && args[0] === 'stdio' && stdioVariables.every((name) => (env[name] ?? '').trim() === '');
}

/** Serves it at its defaults, without loading the command line. */
export async function runPlainStdio(): Promise<void> {
  const { serveStdio } = await import('../server/stdio.js');
  await serveStdio(stdioDefaults);
}

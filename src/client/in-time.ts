import { Script, createContext } from 'node:vm';

/** How long work may take whose amount a server decides, ms: that of a schema and its patterns. */
export const WORK_MS = 2_000;

/** The work took longer than it may. */
export class TookTooLongError extends Error {
  readonly code = 'TOOK_TOO_LONG';
  constructor(ms: number) {
    super(`it takes longer than ${ms} ms`);
    this.name = 'TookTooLongError';
  }
}

/**
 * What the work returns. Unlike any timer of this thread, the watchdog of `node:vm` stops code that never yields, regular expressions included,
 * though only the call is made there: the work is ours, and runs with our objects. What it leaves half done is the caller's to throw away.
 * Throws a {@link TookTooLongError}, or what the work throws.
 */
export function inTime<T>(work: () => T, ms = WORK_MS): T {
  const { script, context } = (shared ??= { script: new Script('work()'), context: createContext({}) });
  context.work = work;
  try {
    return script.runInContext(context, { timeout: ms }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new TookTooLongError(ms);
    throw error;
  } finally {
    context.work = undefined;
  }
}

let shared: { script: Script; context: NodeJS.Dict<unknown> } | undefined;

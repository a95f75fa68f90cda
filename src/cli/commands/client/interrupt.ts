/** Ctrl-C, as a signal. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Lets Ctrl-C end the process again. */
  release(): void;
}

/**
 * Listens for Ctrl-C: the first one aborts the signal, so that a call can be cancelled at the server; a second one
 * ends the process. The listener stays while the first is dealt with: others (the spinner's) would end the process
 * as soon as they are the only ones.
 */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const release = (): void => void process.off('SIGINT', listener);
  const listener = (): void => {
    if (!controller.signal.aborted) return controller.abort();
    release();
    process.kill(process.pid, 'SIGINT');
  };
  process.on('SIGINT', listener);
  return { signal: controller.signal, release };
}

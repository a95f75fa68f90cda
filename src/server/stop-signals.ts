/** How a process learns that it should stop. */
export interface StopSignals {
  /** Resolves when it should. */
  readonly stop: Promise<void>;
  /** Aborted when it should not even wait for what is in flight. */
  readonly hurry: AbortSignal;
}

/** What asks a process to stop: init systems, Ctrl-C, and a terminal that is closed. */
export const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * One of {@link STOP_SIGNALS}; a second one hurries the end up. Ctrl-C at a terminal waits for no load balancer either; but a
 * terminal that is closed says so twice, by its shell and by the kernel.
 */
export function stopSignals(): StopSignals {
  const hurry = new AbortController();
  const stop = new Promise<void>((resolve) => {
    let signalled = false;
    const onSignal = (signal: NodeJS.Signals) => {
      const again = signalled && signal !== 'SIGHUP';
      if (again || (signal === 'SIGINT' && process.stdin.isTTY)) hurry.abort();
      signalled = true;
      resolve();
    };
    for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  });
  return { stop, hurry: hurry.signal };
}

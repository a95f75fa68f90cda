/** How a process learns that it should stop. */
export interface StopSignals {
  /** Resolves when it should. */
  readonly stop: Promise<void>;
  /** Aborted when it should not even wait for what is in flight. */
  readonly hurry: AbortSignal;
}

/** SIGTERM or SIGINT; a second one hurries the end up. Ctrl-C at a terminal waits for no load balancer either. */
export function stopSignals(): StopSignals {
  const hurry = new AbortController();
  const stop = new Promise<void>((resolve) => {
    let signalled = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (signalled || (signal === 'SIGINT' && process.stdin.isTTY)) hurry.abort();
      signalled = true;
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
  return { stop, hurry: hurry.signal };
}

import { useMemo, useRef, useState } from 'preact/hooks';
import { LockedError, watchWire } from '../api.js';
import type { WireEntry } from '../../wire/entry.js';
import type { Exchange } from './exchanges.js';
import { added } from './exchanges.js';

/** How long before the page asks anew where the connection has ended, ms. */
const RETRY_MS = 1_000;

export interface Watch {
  readonly exchanges: readonly Exchange[];
  /** How many entries came too fast. */
  readonly dropped: number;
  readonly state: 'connecting' | 'live';
  readonly isPaused: boolean;
  /** Watches until the function is called that it returns. */
  start(): () => void;
  pause(isPaused: boolean): void;
  clear(): void;
}

/** The wire, as long as its part of the page is shown. What has come stays when it is not. */
export function useWatch(onLocked: () => void): Watch {
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([]);
  const [dropped, setDropped] = useState(0);
  const [state, setState] = useState<Watch['state']>('connecting');
  const [isPaused, setPaused] = useState(false);
  const paused = useRef(false);
  const start = useMemo(
    () => () => {
      const over = new AbortController();
      const hear = (event: string, data: unknown) => {
        if (event === 'watching') setState('live');
        if (event === 'dropped') setDropped((count) => count + Number(data));
        if (event === 'entries' && !paused.current) setExchanges((old) => added(old, data as WireEntry[]));
      };
      const watch = async () => {
        while (!over.signal.aborted) {
          await watchWire(over.signal, hear).catch((error: unknown) => {
            if (!(error instanceof LockedError)) return;
            over.abort();
            onLocked();
          });
          setState('connecting');
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
      };
      void watch();
      return () => over.abort();
    },
    [],
  );
  return {
    exchanges,
    dropped,
    state,
    isPaused,
    start,
    pause: (wanted) => {
      paused.current = wanted;
      setPaused(wanted);
    },
    clear: () => {
      setExchanges([]);
      setDropped(0);
    },
  };
}

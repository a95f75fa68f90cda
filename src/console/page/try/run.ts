import { useEffect, useRef, useState } from 'preact/hooks';
import type { Client, Params, Progress, Question, Reply, Traced } from '../mcp/messages.js';
import { CallError, Cut } from '../mcp/messages.js';

/** What is kept of one call: messages on the wire, and lines of its log. */
const TRACED = 500;
const LOGGED = 200;

export interface Asked {
  readonly number: number;
  readonly question: Question;
  answer(reply: Reply): void;
}

/** A call, as far as it has come. */
export interface Run {
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly progress?: Progress;
  readonly log: readonly Params[];
  readonly trace: readonly Traced[];
  readonly asked: readonly Asked[];
  readonly result?: Params;
  readonly error?: { readonly message: string; readonly code?: number; readonly data?: unknown };
}

export interface Runner {
  readonly run: Run | undefined;
  start(client: Client, method: string, params: Params): void;
  cancel(): void;
  /** Cuts the connection off, as a bad network does. */
  cut(): void;
  clear(): void;
}

/** Runs one call at a time, and ends it with the page's part that shows it. */
export function useRunner(): Runner {
  const [run, setRun] = useState<Run>();
  const current = useRef<{ abort: AbortController; cut: Cut } | undefined>(undefined);
  useEffect(() => () => current.current?.abort.abort(), []);

  const start = (client: Client, method: string, params: Params) => {
    current.current?.abort.abort();
    const mine = { abort: new AbortController(), cut: new Cut() };
    current.current = mine;
    const change = (changed: (old: Run) => Partial<Run>) =>
      current.current === mine && setRun((old) => old && { ...old, ...changed(old) });
    setRun({ state: 'running', startedAt: Date.now(), log: [], trace: [], asked: [] });
    let questions = 0;
    const ask = (question: Question): Promise<Reply> =>
      new Promise((resolve) => {
        const number = (questions += 1);
        const answer = (reply: Reply) => {
          change(({ asked }) => ({ asked: asked.filter((one) => one.number !== number) }));
          resolve(reply);
        };
        change(({ asked }) => ({ asked: [...asked, { number, question, answer }] }));
      });
    const over = (end: Partial<Run>) => change(() => ({ ...end, endedAt: Date.now(), asked: [] }));
    client
      .request(method, params, {
        signal: mine.abort.signal,
        cut: mine.cut,
        trace: (entry) => change(({ trace }) => ({ trace: [...trace, entry].slice(-TRACED) })),
        progress: (progress) => change(() => ({ progress })),
        log: (line) => change(({ log }) => ({ log: [...log, line].slice(-LOGGED) })),
        ask,
      })
      .then(
        (result) => over({ state: 'done', result }),
        (error: unknown) =>
          over(mine.abort.signal.aborted ? { state: 'cancelled' } : { state: 'failed', error: shownError(error) }),
      );
  };
  return {
    run,
    start,
    cancel: () => current.current?.abort.abort(),
    cut: () => current.current?.cut.now(),
    clear: () => {
      current.current?.abort.abort();
      current.current = undefined;
      setRun(undefined);
    },
  };
}

export function shownError(error: unknown): NonNullable<Run['error']> {
  if (error instanceof CallError) return error.failure;
  if (error instanceof DOMException && error.name === 'AbortError')
    return { message: 'The connection was cut off before there was anything to resume: no event had come yet' };
  return { message: error instanceof Error ? error.message : String(error) };
}

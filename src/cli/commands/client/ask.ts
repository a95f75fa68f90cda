import { createInterface } from 'node:readline/promises';
import type { ChalkInstance } from 'chalk';
import type { ClientFlags } from './verb.js';

/** Asks a person at the terminal. Prompts go to stderr, so that the result may be piped. */
export interface Asker {
  /** The line that was typed, without the line end. Rejects when the signal is aborted or the input ends. */
  ask(prompt: string, signal: AbortSignal): Promise<string>;
}

/** Lines beside the result, which must not tear a progress bar or a spinner apart. */
export type Say = (line: string) => void;

/** How a question of the server may be answered. */
export interface Interaction {
  readonly flags: ClientFlags;
  /** Absent where there is no terminal. */
  readonly asker: Asker | undefined;
  readonly say: Say;
  readonly signal: AbortSignal;
  readonly colours: ChalkInstance;
}

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Asks on this process's terminal. A Ctrl-C at a prompt counts as one at the program. */
export const terminal: Asker = {
  async ask(prompt, signal) {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const ended = new AbortController();
    lines.on('SIGINT', () => process.emit('SIGINT'));
    lines.on('close', () => ended.abort());
    try {
      return await lines.question(prompt, { signal: AbortSignal.any([signal, ended.signal]) });
    } finally {
      lines.close();
    }
  },
};

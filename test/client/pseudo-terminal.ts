import { spawn } from '@lydell/node-pty';
import type { IPty } from '@lydell/node-pty';
import { stripVTControlCharacters } from 'node:util';
import { binary } from '../helpers/run-cli.js';

/** How long a text may take to appear, and the program to end, ms. */
const LIMIT_MS = 12_000;

/** The program, or another, on a terminal of its own. */
export class Terminal {
  /** All that was written, as it was. */
  raw = '';
  readonly exit: Promise<number>;
  readonly #pty: IPty;
  readonly #waiting = new Set<() => void>();

  constructor(
    args: readonly string[],
    columns = 100,
    {
      cwd,
      home = '/nonexistent',
      started = [process.execPath, binary],
    }: { cwd?: string; home?: string; started?: readonly string[] } = {},
  ) {
    // A pseudo-terminal is made with a column at least.
    const words = columns === 0 ? ['sh', '-c', 'stty cols 0; exec "$@"', 'sh'] : [];
    const [program = '', ...rest] = [...words, ...started, ...args];
    this.#pty = spawn(program, rest, {
      cols: Math.max(columns, 1),
      rows: 30,
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: home, TERM: 'xterm-256color' },
    });
    this.#pty.onData((data) => {
      this.raw += data;
      for (const check of this.#waiting) check();
    });
    this.exit = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** Without colours and movements of the cursor. */
  get text(): string {
    return stripVTControlCharacters(this.raw);
  }

  /** Resolves when the text has appeared after the character `from`. */
  async see(pattern: RegExp, from = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${pattern} did not appear in:\n${this.text}`)), LIMIT_MS);
      const check = (): void => {
        if (!pattern.test(this.text.slice(from))) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number): void {
    this.#pty.resize(columns, 30);
  }

  kill(): void {
    try {
      this.#pty.kill('SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Asker } from '../ask.js';
import type { History } from './history.js';

/** Where the lines of a shell come from. */
export interface Lines {
  /** The next line; undefined at the end. */
  next(): Promise<string | undefined>;
  /** Writes something that is no part of the line which is being typed. */
  above(write: () => void): void;
  /** Absent where there is nobody to ask. */
  readonly asker?: Asker;
  /** Whether nothing is being typed or asked, so that progress may be drawn in the last row. */
  readonly isFree: boolean;
  close(): void;
}

/** What completes the text before the cursor: proposals, and the part of the text that they continue. */
export type Complete = (beforeCursor: string) => Promise<[proposals: string[], continued: string]>;

interface PromptOptions {
  readonly history: History;
  readonly complete: Complete;
  /** Ctrl-C, where no line is being typed. */
  onInterrupt(): void;
}

const PROMPT = 'mcp> ';
/** Lines that may be typed ahead while another is worked on. */
const TYPED_AHEAD = 100;

/** What readline writes to: it is silenced while the terminal belongs to a verb. */
class Silenceable extends Writable {
  silent = false;

  constructor(private readonly terminal: NodeJS.WriteStream) {
    super({ decodeStrings: false, write: (chunk, _encoding, done) => this.pass(chunk as string, done) });
  }

  get columns(): number {
    return this.terminal.columns;
  }

  private pass(chunk: string, done: () => void): void {
    if (!this.silent) this.terminal.write(chunk);
    done();
  }
}

/** A prompt on a terminal. What is typed while a verb runs is the next line. */
export class Prompt implements Lines {
  private readonly screen: Silenceable;
  private readonly lines: ReturnType<typeof createInterface> & { line: string; cursor: number };
  private readonly ahead: string[] = [];
  private readonly closing = new AbortController();
  private waiting: ((line: string | undefined) => void) | undefined;
  private asking = false;
  private readonly resized = (): void => void this.screen.emit('resize');

  constructor(
    private readonly options: PromptOptions,
    private readonly terminal: NodeJS.WriteStream = process.stderr,
  ) {
    this.screen = new Silenceable(terminal);
    terminal.on('resize', this.resized);
    this.lines = createInterface({
      input: process.stdin,
      output: this.screen,
      terminal: true,
      prompt: PROMPT,
      history: [...options.history.lines],
      historySize: 1_000,
      removeHistoryDuplicates: true,
      completer: (typed: string): ReturnType<Complete> =>
        this.asking ? Promise.resolve([[], typed]) : options.complete(typed),
    });
    this.lines.on('line', (line) => this.take(line));
    // An answer is no line to come back to, and may be a secret.
    this.lines.on('history', (lines) => void (this.asking && lines.shift()));
    this.lines.on('SIGINT', () => this.interrupt());
    this.lines.on('close', () => {
      this.closing.abort();
      if (this.waiting === undefined) this.options.onInterrupt();
      this.waiting?.(undefined);
    });
    this.screen.silent = true;
  }

  readonly asker: Asker = {
    ask: async (question, signal) => {
      const { line } = this.lines;
      Object.assign(this.lines, { line: '', cursor: 0 });
      this.asking = true;
      this.screen.silent = false;
      const ended = AbortSignal.any([signal, this.closing.signal]);
      try {
        return await this.lines.question(question, { signal: ended });
      } finally {
        if (ended.aborted) this.screen.write('\n');
        this.asking = false;
        this.screen.silent = true;
        // What was typed ahead is no answer.
        Object.assign(this.lines, { line, cursor: line.length });
      }
    },
  };

  async next(): Promise<string | undefined> {
    const typed = this.ahead.shift();
    if (typed !== undefined) {
      this.terminal.write(`${PROMPT}${typed}\n`);
      return typed;
    }
    if (this.closing.signal.aborted) return undefined;
    this.screen.silent = false;
    this.lines.prompt(true);
    const line = await new Promise<string | undefined>((resolve) => (this.waiting = resolve));
    this.waiting = undefined;
    this.screen.silent = true;
    if (line === undefined) this.terminal.write('\n');
    else this.options.history.add(line);
    return line;
  }

  /** The rows of the prompt are cleared for it, and drawn anew below. */
  above(write: () => void): void {
    if (this.screen.silent) return write();
    const { rows } = this.lines.getCursorPos();
    moveCursor(this.screen, 0, -rows);
    cursorTo(this.screen, 0);
    clearScreenDown(this.screen);
    write();
    // readline goes up by so many rows before it draws; what it remembers of them is behind while a line is typed.
    this.screen.write('\n'.repeat(rows));
    Object.assign(this.lines, { prevRows: rows });
    this.lines.prompt(true);
  }

  get isFree(): boolean {
    return this.screen.silent;
  }

  close(): void {
    this.lines.removeAllListeners('close');
    this.terminal.off('resize', this.resized);
    this.lines.close();
  }

  private take(line: string): void {
    if (this.waiting !== undefined) this.waiting(line);
    else if (this.ahead.length < TYPED_AHEAD) this.ahead.push(line);
  }

  private interrupt(): void {
    if (this.waiting === undefined || this.lines.line === '') return this.options.onInterrupt();
    this.lines.write(null, { ctrl: true, name: 'e' });
    this.lines.write(null, { ctrl: true, name: 'u' });
  }
}

/** The lines of a pipe or a file. */
export function pipedLines(): Lines {
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await iterator.next();
      return done ? undefined : value;
    },
    above: (write) => write(),
    isFree: true,
    close: () => lines.close(),
  };
}

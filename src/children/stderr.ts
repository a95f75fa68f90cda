import type { Readable } from 'node:stream';
import type { Logger } from '../log.js';
import { readLines, TOO_LONG } from '../net/lines.js';
import { oneLine, quote } from '../text/harmless.js';

/** Characters of one line that are kept, and lines of one child that are logged in a second. */
const LINE_CHARACTERS = 2_000;
const LINES_PER_SECOND = 50;

/** What a child says on stderr: in our log, and its last line for whoever asks why it has ended. */
export class StderrLog {
  /** Redacted and cut; empty while nothing was said. */
  last = '';
  private second = 0;
  private logged = 0;
  private dropped = 0;

  constructor(private readonly logger: Logger) {}

  /** Reads to the end; never rejects. */
  async read(stream: Readable): Promise<void> {
    try {
      for await (const line of readLines(stream, LINE_CHARACTERS)) this.take(line);
    } catch {
      // What can't be read has been said to nobody.
    }
  }

  private take(line: string | typeof TOO_LONG): void {
    const text = line === TOO_LONG ? `(a line of more than ${LINE_CHARACTERS} characters)` : line;
    this.last = quote(text) || this.last;
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.second) {
      if (this.dropped > 0)
        this.logger.warn({ lines: this.dropped }, 'stderr: lines were left out, there were too many');
      this.second = second;
      this.logged = 0;
      this.dropped = 0;
    }
    if (this.logged >= LINES_PER_SECOND) this.dropped += 1;
    else this.logger.info({}, `stderr: ${oneLine(text, LINE_CHARACTERS)}`);
    this.logged += 1;
  }
}

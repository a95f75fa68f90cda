import { ReadBuffer } from '@modelcontextprotocol/client';
import { MESSAGE_BYTES, MessageMeter } from './message-meter.js';
import type { TooMuchError } from './message-meter.js';

/** Characters of a line that is not JSON that are handed on. */
const STRAY_CHARACTERS = 4_000;
const LF = 0x0a;

/**
 * The lines of a stdio server. The SDK's buffer copies all of an unfinished line with every chunk, which for a long one takes minutes, bounds
 * nothing but bytes, and leaves out lines that are not JSON without a word.
 */
export class LineBuffer extends ReadBuffer {
  private unfinished: Buffer[] = [];
  private readonly meter = new MessageMeter(MESSAGE_BYTES);

  constructor(
    private readonly onStray: (line: string) => void,
    private readonly onTooMuch: (error: TooMuchError) => void,
  ) {
    super({ maxBufferSize: Infinity });
  }

  /** Throws where a line holds too much: the SDK closes the transport then. */
  override append(chunk: Buffer): void {
    try {
      let from = 0;
      for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
        this.take(chunk.subarray(from, at + 1));
        const line = this.unfinished.length === 1 ? this.unfinished[0] : Buffer.concat(this.unfinished);
        this.finish(line ?? chunk);
        from = at + 1;
      }
      if (from < chunk.length) this.take(chunk.subarray(from));
    } catch (error) {
      this.clear();
      this.onTooMuch(error as TooMuchError);
      throw error;
    }
  }

  override readMessage(): ReturnType<ReadBuffer['readMessage']> {
    const message = super.readMessage();
    // Only whole lines are appended: what is left is nothing, and would keep what it was cut from.
    if (message === null) super.clear();
    return message;
  }

  override clear(): void {
    this.unfinished = [];
    super.clear();
  }

  private take(part: Buffer): void {
    this.meter.add(part);
    this.unfinished.push(part);
  }

  private finish(line: Buffer): void {
    this.unfinished = [];
    this.meter.reset();
    const beginning = line.toString('utf8', 0, STRAY_CHARACTERS);
    if (!/^\s*([[{]|$)/.test(beginning)) this.onStray(beginning.trimEnd());
    super.append(line);
  }
}

import { StringDecoder } from 'node:string_decoder';
import { ReadBuffer, deserializeMessage } from '@modelcontextprotocol/client';
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
  /** Decoded as it comes: the bytes of a long line would be held beside it. */
  private unfinished = '';
  private readonly decoder = new StringDecoder('utf8');
  /** Whole lines that nobody has read: those of one chunk. */
  private lines: string[] = [];
  private readonly meter = new MessageMeter(MESSAGE_BYTES);

  constructor(
    private readonly onStray: (line: string) => void,
    private readonly onTooMuch: (error: TooMuchError) => void,
  ) {
    super();
  }

  /** Throws where a line holds too much: the SDK closes the transport then. */
  override append(chunk: Buffer): void {
    try {
      let from = 0;
      for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
        this.take(chunk.subarray(from, at + 1));
        this.finish();
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
    for (let line = this.lines.shift(); line !== undefined; line = this.lines.shift()) {
      try {
        return deserializeMessage(line);
      } catch (error) {
        // What is not JSON has been told of; what is not a message is for the caller.
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    return null;
  }

  override clear(): void {
    this.unfinished = '';
    this.lines = [];
  }

  private take(part: Buffer): void {
    this.meter.add(part);
    this.unfinished += this.decoder.write(part);
  }

  private finish(): void {
    const line = (this.unfinished + this.decoder.end()).trimEnd();
    this.unfinished = '';
    this.meter.reset();
    if (!/^\s*([[{]|$)/.test(line)) this.onStray(line.slice(0, STRAY_CHARACTERS));
    this.lines.push(line);
  }
}

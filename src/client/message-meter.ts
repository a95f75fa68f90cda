/**
 * Bytes of one message of a server, over any transport: a body or an event as unpacked, or a line. Nor may it take more than that in
 * memory, where one character beyond Latin-1 makes all of its text take two bytes a character.
 */
export const MESSAGE_BYTES = 64_000_000;
/** Values of one message, and how deep they may be nested: a byte of JSON can become fifty in memory, and what is nested is walked recursively. */
const MESSAGE_VALUES = 2_000_000;
const MESSAGE_DEPTH = 500;

/** A server sent more at once than this client is willing to hold. */
export class TooMuchError extends Error {
  readonly code = 'TOO_MUCH';
  constructor(what: string) {
    super(`The server sent more than ${what}`);
    this.name = 'TooMuchError';
  }
}

const [QUOTE, COMMA, BACKSLASH, LF, CR] = [0x22, 0x2c, 0x5c, 0x0a, 0x0d];
const [ZERO, SMALL_U] = [0x30, 0x75];
/** The last first byte of a character of Latin-1 in UTF-8. */
const LAST_OF_LATIN = 0xc3;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Measures the JSON of one message as its bytes come. What stands around it (the field names of an event) does no harm: a string ends
 * with its line, in which JSON allows no line end.
 */
export class MessageMeter {
  private bytes = 0;
  private values = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private characters = 0;
  /** Whether a character beyond Latin-1 was among them, as it is or as `\u` with four digits, of which the first two are not 0. */
  private wide = false;
  private digits = 0;

  constructor(private readonly limit: number) {}

  /** Throws a {@link TooMuchError}. */
  add(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    if (this.bytes > this.limit) throw new TooMuchError(`${this.limit / 1_000_000} MB in one message`);
    for (const byte of chunk) {
      if ((byte & 0xc0) !== 0x80) this.characters++;
      if (byte > LAST_OF_LATIN) this.wide = true;
      if (byte === LF || byte === CR) {
        // Lines of one event are kept apart until it ends.
        this.values++;
        this.inString = this.escaped = false;
      } else if (this.inString) {
        if (this.digits > 0) {
          this.digits--;
          if (byte !== ZERO) this.wide = true;
        }
        if (this.escaped) {
          this.escaped = false;
          if (byte === SMALL_U) this.digits = 2;
        } else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) this.inString = false;
      } else if (byte === QUOTE) this.inString = true;
      else if (byte === COMMA) this.values++;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.values++;
        this.depth++;
        if (this.depth > MESSAGE_DEPTH) throw new TooMuchError(`${MESSAGE_DEPTH} levels of values in one message`);
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.depth--;
    }
    if (this.wide && this.characters > this.limit / 2)
      throw new TooMuchError(`${this.limit / 2_000_000} million characters in one message`);
    if (this.values > MESSAGE_VALUES) throw new TooMuchError(`${MESSAGE_VALUES} values in one message`);
  }

  reset(): void {
    this.bytes = this.values = this.depth = this.characters = this.digits = 0;
    this.inString = this.escaped = this.wide = false;
  }
}

/** Where a text is not JSON, and why, in words that the person who wrote it understands. */
export class JsonTextError extends Error {
  readonly code = 'JSON_TEXT';
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
    this.name = 'JsonTextError';
  }
}

const MAX_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** What is inside is left to `JSON.parse`. */
const STRING = /"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"/y;
const WORD = /true|false|null/y;
const BLANK = /[ \t\r\n]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\//y;

/**
 * Reads JSON, with comments and trailing commas where `lenient`. `JSON.parse` of Node 20 doesn't always say where a
 * fault is, and never that it is a comment. Throws a {@link JsonTextError}.
 */
export function parseJsonText(text: string, lenient: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new Reader(text, lenient).document();
  }
}

class Reader {
  // Editors on Windows put a byte order mark before the text.
  private at = 0;
  constructor(
    private readonly text: string,
    private readonly lenient: boolean,
  ) {
    if (text.startsWith('\ufeff')) this.at = 1;
  }

  document(): unknown {
    const value = this.value(0);
    this.skip();
    if (this.at < this.text.length) throw this.fault('something follows after the end of the value');
    return value;
  }

  private value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw this.fault('it is nested too deeply');
    this.skip();
    const next = this.text[this.at];
    if (next === '{') return this.object(depth);
    if (next === '[') return this.array(depth);
    if (next === '"') return this.string();
    const plain = this.take(WORD) ?? this.take(NUMBER);
    if (plain !== undefined) return JSON.parse(plain);
    throw this.fault(this.expected('a value'));
  }

  private object(depth: number): Record<string, unknown> {
    const fields: [string, unknown][] = [];
    this.items('}', () => {
      if (this.text[this.at] !== '"') throw this.fault(this.expected('a name in double quotes'));
      const name = this.string();
      this.skip();
      if (this.text[this.at] !== ':') throw this.fault(this.expected(`a colon after ${JSON.stringify(name)}`));
      this.at += 1;
      fields.push([name, this.value(depth + 1)]);
    });
    return Object.fromEntries(fields);
  }

  private array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.items(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  private items(end: string, read: () => void): void {
    this.at += 1;
    this.skip();
    while (this.text[this.at] !== end) {
      read();
      this.skip();
      if (this.text[this.at] === end) break;
      if (this.text[this.at] !== ',') throw this.fault(this.expected(`a comma or ${end}`));
      const comma = this.at;
      this.at += 1;
      this.skip();
      if (this.text[this.at] === end && !this.lenient)
        throw this.fault(`the comma before ${end} is one too many`, comma);
    }
    this.at += 1;
  }

  private string(): string {
    const start = this.at;
    try {
      return JSON.parse(this.take(STRING) ?? '') as string;
    } catch {
      const windows = /^"[A-Za-z]:\\/.test(this.text.slice(start, start + 4));
      throw this.fault(
        windows
          ? 'each \\ of a path must be written twice: \\\\'
          : 'the text in quotes has no end, or a character that must be escaped',
        start,
      );
    }
  }

  private skip(): void {
    for (;;) {
      this.take(BLANK);
      const start = this.at;
      if (this.take(COMMENT) === undefined) return;
      if (!this.lenient) throw this.fault('comments are not allowed in this file', start);
    }
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private expected(what: string): string {
    const next = this.text[this.at];
    if (next === undefined) return `the file ends where ${what} should be`;
    if (/[\u201c\u201d\u2018\u2019]/.test(next)) return `${next} is a typographic quote: use "`;
    if (next === "'") return 'texts stand in double quotes, not in single ones';
    return `${what} should be here, not ${JSON.stringify(next)}`;
  }

  private fault(message: string, at = this.at): JsonTextError {
    const before = this.text.slice(0, at).split('\n');
    return new JsonTextError(message, before.length, (before.at(-1)?.length ?? 0) + 1);
  }
}

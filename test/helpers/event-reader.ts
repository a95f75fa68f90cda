/** One server-sent event as it stood on the wire. */
export interface ReadEvent {
  event?: string;
  id?: string;
  retry?: string;
  data?: string;
}

/** The first line of data; only CR and LF end a line of a stream, while `.` stops at U+2028 too, which JSON may hold. */
export const dataOf = (text: string): string | undefined => /^data: ([^\r\n]*)/m.exec(text)?.[1];

/** Reads a response's events one after the other; comments are passed over. */
export class EventReader {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly decoder = new TextDecoder();
  private buffer = '';

  constructor(response: Response) {
    if (!response.body) throw new Error('The response has no body');
    // Not through a TextDecoderStream: cancelled, it leaves the body to a pipe, whose failure then is nobody's.
    this.reader = response.body.getReader();
  }

  /** The next event; undefined when the stream has ended. */
  async next(): Promise<ReadEvent | undefined> {
    for (;;) {
      const end = this.buffer.indexOf('\n\n');
      if (end >= 0) {
        const block = this.buffer.slice(0, end);
        this.buffer = this.buffer.slice(end + 2);
        const event = parse(block);
        if (event) return event;
        continue;
      }
      const { value, done } = await this.reader.read();
      if (done) return undefined;
      this.buffer += this.decoder.decode(value, { stream: true });
    }
  }

  /** The next event that carries a message, parsed. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test looks into a shape of its own
  async message(): Promise<any> {
    for (;;) {
      const event = await this.next();
      if (!event) return undefined;
      if (event.data) return JSON.parse(event.data);
    }
  }

  /** All that is left. */
  async rest(): Promise<ReadEvent[]> {
    const events: ReadEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  async close(): Promise<void> {
    await this.reader.cancel();
  }
}

function parse(block: string): ReadEvent | undefined {
  const event: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^(\w*): ?([^]*)$/.exec(line) ?? [];
    if (name !== '') event[name] = value;
  }
  return Object.keys(event).length > 0 ? event : undefined;
}

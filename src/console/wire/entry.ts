/** Something that went over the wire, as the page shows it. */
export interface WireEntry {
  /** Of which request: `{node}.{number}`. */
  readonly exchange: string;
  readonly node: string;
  /** ms since the epoch. */
  readonly at: number;
  /** `open` is the head of a stream, `answer` a whole response, `end` the end of either. */
  readonly kind: 'request' | 'open' | 'event' | 'answer' | 'end';
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  /** Without secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Without secrets, and shortened. */
  readonly body?: string;
  /** Of an event. */
  readonly id?: string;
  readonly event?: string;
  readonly retry?: string;
  /** Of an end: how long all of it took, and whether the client left before. */
  readonly durationMs?: number;
  readonly gone?: boolean;
}

/** What an entry counts for in the bound of a ring. */
export function sizeOf({ body = '', headers = {} }: WireEntry): number {
  return ENTRY_CHARACTERS + body.length + Object.values(headers).reduce((sum, value) => sum + value.length, 0);
}

/** What an entry without a body takes, about. */
const ENTRY_CHARACTERS = 200;

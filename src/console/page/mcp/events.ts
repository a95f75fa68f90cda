/** A server-sent event (HTML, 9.2.5). */
export interface ServerEvent {
  readonly event: string;
  readonly id?: string;
  readonly retry?: number;
  readonly data?: string;
}

/** Characters of one event. */
const EVENT_CHARACTERS = 20_000_000;

/** Reads the events of a response until it ends. Rejects as the reading of its body does. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return;
      text = (text + value).replace(/\r\n?/g, '\n');
      if (text.length > EVENT_CHARACTERS) throw new Error('An event is too long for this page');
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) yield eventOf(block);
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): ServerEvent {
  let event = 'message';
  let id: string | undefined;
  let retry: number | undefined;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === 'event') event = value;
    if (name === 'id') id = value;
    if (name === 'retry') retry = Number(value);
    if (name === 'data') data.push(value);
  }
  return { event, id, retry, ...(data.length > 0 && { data: data.join('\n') }) };
}

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineCatalog, defineTool } from '../../src/catalog/define.js';
import { EventReader } from '../helpers/event-reader.js';
import { eventually } from '../helpers/eventually.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import type { Answer } from '../helpers/rpc.js';
import { callOf, openSession, post } from '../helpers/rpc.js';

const STEPS = 5;

/** Sends five steps; waits before each until the test lets it go on. */
class Gate {
  private readonly waiting: (() => void)[] = [];
  finished = 0;
  pass(): void {
    this.waiting.shift()?.();
  }
  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  get held(): number {
    return this.waiting.length;
  }
}

describe('a stream that was cut', () => {
  let server: McpServer;
  let gate: Gate;

  beforeAll(async () => {
    gate = new Gate();
    const steps = defineTool({
      name: 'steps',
      title: 'Steps',
      description: 'Five steps',
      inputSchema: z.object({ close: z.boolean().optional() }),
      async handler({ close }, context) {
        for (let step = 1; step <= STEPS; step += 1) {
          await gate.wait();
          await context.progress(step, STEPS, `step ${step}`);
          if (close && step === 2) context.closeStream();
        }
        gate.finished += 1;
        return { content: [{ type: 'text', text: 'done' }] };
      },
    });
    server = await startMcpServer({ offer: defineCatalog({ tools: [steps] }) });
  });

  afterAll(() => server.close());

  const start = async (session: Record<string, string>, args = {}) => {
    const call = {
      ...callOf('steps', args, 'call'),
      params: { name: 'steps', arguments: args, _meta: { progressToken: 'token' } },
    };
    return new EventReader(await post(server.url, call, session));
  };
  const resume = (session: Record<string, string>, id: string | undefined) =>
    fetch(server.url, { headers: { ...session, Accept: 'text/event-stream', 'Last-Event-ID': String(id) } });
  const pass = async () => {
    await eventually(() => expect(gate.held).toBe(1));
    gate.pass();
  };

  test.each([0, 1, 2, 3, 4, 5])(
    'after event %i, while the call runs, gives the rest exactly once and in order',
    async (seen) => {
      const session = await openSession(server.url);
      const reader = await start(session);
      const received: unknown[] = [];
      let lastId = (await primed(reader)).id;
      for (let step = 0; step < seen; step += 1) {
        await pass();
        const event = await reader.next();
        received.push(JSON.parse(String(event?.data)));
        lastId = event?.id;
      }
      await reader.close();
      const resumed = new EventReader(await resume(session, lastId));
      for (let step = seen; step < STEPS; step += 1) {
        await pass();
        received.push(await resumed.message());
      }
      received.push(await resumed.message());
      expect(await resumed.rest()).toEqual([]);
      expect(shape(received)).toEqual(WHOLE);
    },
  );

  test.each([0, 1, 3, 5])(
    'after event %i, when the call has ended, gives the rest exactly once and in order',
    async (seen) => {
      const session = await openSession(server.url);
      const finished = gate.finished;
      const reader = await start(session);
      const received: unknown[] = [];
      let lastId = (await primed(reader)).id;
      for (let step = 0; step < STEPS; step += 1) {
        await pass();
        if (step >= seen) continue;
        const event = await reader.next();
        received.push(JSON.parse(String(event?.data)));
        lastId = event?.id;
      }
      await reader.close();
      await eventually(() => expect(gate.finished).toBe(finished + 1));
      const events = await new EventReader(await resume(session, lastId)).rest();
      received.push(...events.map(({ data }) => JSON.parse(String(data)) as unknown));
      expect(shape(received)).toEqual(WHOLE);
    },
  );

  test('can be resumed again and again, after every event', async () => {
    const session = await openSession(server.url);
    let reader = await start(session);
    await primed(reader);
    const received: unknown[] = [];
    for (let step = 0; step <= STEPS; step += 1) {
      if (step < STEPS) await pass();
      const event = await reader.next();
      received.push(JSON.parse(String(event?.data)));
      await reader.close();
      if (step < STEPS) reader = new EventReader(await resume(session, event?.id));
    }
    expect(shape(received)).toEqual(WHOLE);
  });

  test("refuses another session's event id, and one that was made up, with 400", async () => {
    const session = await openSession(server.url);
    const reader = await start(session);
    const { id } = await primed(reader);
    const stranger = await openSession(server.url);
    for (const wrong of [id, 'made-up', 'made:up', `${id}9`, `standalone:${id}`]) {
      const response = await resume(stranger, wrong);
      expect([wrong, response.status, ((await response.json()) as Answer).error?.code]).toEqual([wrong, 400, -32000]);
    }
    for (let step = 0; step < STEPS; step += 1) await pass();
    await reader.rest();
  });

  test('is closed early by the handler with a retry, and goes on when the client comes back', async () => {
    const session = await openSession(server.url);
    const reader = await start(session, { close: true });
    await primed(reader);
    await pass();
    await pass();
    const early = await reader.rest();
    expect(early.filter(({ data }) => data)).toHaveLength(2);
    expect(early.at(-1)?.retry).toMatch(/^\d+$/);
    const resumed = new EventReader(await resume(session, early.filter(({ id }) => id).at(-1)?.id));
    for (let step = 2; step < STEPS; step += 1) await pass();
    const rest = await resumed.rest();
    expect(rest.filter(({ data }) => data)).toHaveLength(STEPS - 2 + 1);
  });

  test('gets no priming event under a version whose clients trip over it', async () => {
    const session = await openSession(server.url, { version: '2025-06-18' });
    const reader = await start(session);
    await pass();
    expect(JSON.parse(String((await reader.next())?.data))).toMatchObject({ method: 'notifications/progress' });
    for (let step = 1; step < STEPS; step += 1) await pass();
    expect(await reader.rest()).toHaveLength(STEPS);
  });

  async function primed(reader: EventReader) {
    const event = await reader.next();
    expect(event).toMatchObject({ data: '' });
    expect(event?.retry).toMatch(/^\d+$/);
    expect(event?.id).toBeTruthy();
    return { id: event?.id };
  }
});

const WHOLE = [...Array.from({ length: STEPS }, (_, index) => `step ${index + 1}`), 'call'];

function shape(messages: unknown[]): unknown[] {
  return messages.map((message) => {
    const { params, id } = message as { params?: { message?: string }; id?: string };
    return params?.message ?? id;
  });
}

test('a call that answers at once stays one JSON object; one that is slow becomes a stream', async () => {
  const slow = defineTool({
    name: 'slow',
    title: 'Slow',
    description: 'Takes as long as it is told',
    inputSchema: z.object({ ms: z.number() }),
    async handler({ ms }) {
      await delay(ms);
      return { content: [] };
    },
  });
  const server = await startMcpServer({ offer: defineCatalog({ tools: [slow] }), transport: { sseAfterMs: 50 } });
  try {
    const session = await openSession(server.url);
    const quick = await post(server.url, callOf('slow', { ms: 0 }), session);
    expect(quick.headers.get('content-type')).toBe('application/json');
    const late = await post(server.url, callOf('slow', { ms: 150 }), session);
    expect(late.headers.get('content-type')).toBe('text/event-stream');
    const jsonOnly = await post(server.url, callOf('slow', { ms: 150 }), { ...session, Accept: 'application/json' });
    expect(jsonOnly.headers.get('content-type')).toBe('application/json');
    const eventsOnly = await post(server.url, callOf('slow', { ms: 0 }), { ...session, Accept: 'text/event-stream' });
    expect(eventsOnly.headers.get('content-type')).toBe('text/event-stream');
    await Promise.all([late.text(), jsonOnly.text(), eventsOnly.text()]);
  } finally {
    await server.close();
  }
});

import { describe, expect, it } from 'vitest';
import { added, curlOf, matches, SHOWN } from '../../src/console/page/wire/exchanges.js';
import type { WireEntry } from '../../src/console/wire/entry.js';
import { fieldOf, initialOf, resolved } from '../../src/console/page/schema/schema.js';
import type { Schema } from '../../src/console/page/schema/schema.js';
import { maskBody, maskHeaders, SHOWN_CHARACTERS } from '../../src/console/wire/mask.js';
import { Ring } from '../../src/console/wire/ring.js';

describe('the ring', () => {
  const ring = () => new Ring<string>({ entries: 3, size: 10 }, (text) => text.length);

  const ALL = { entries: 10, size: 100 };

  it('holds the newest, and says how many a reader has missed', () => {
    const full = ring();
    for (const text of ['a', 'b', 'c', 'd', 'e']) full.push(text);
    expect(full.read(0, ALL)).toEqual({ values: ['c', 'd', 'e'], next: 5, dropped: 2 });
    expect(full.read(3, { entries: 1, size: 10 })).toEqual({ values: ['d'], next: 4, dropped: 0 });
    expect(full.read(5, ALL)).toEqual({ values: [], next: 5, dropped: 0 });
  });

  it('holds no more than its size, and one that alone is larger', () => {
    const full = ring();
    full.push('12345');
    full.push('123456');
    expect(full.read(0, ALL)).toMatchObject({ values: ['123456'], dropped: 1 });
    full.push('x'.repeat(50));
    expect([full.size, full.read(0, ALL).values.length]).toEqual([50, 1]);
    full.push('y');
    expect(full.read(0, ALL).values).toEqual(['y']);
  });

  it('is read in parts that are bounded as well, of one entry at least', () => {
    const full = new Ring<string>({ entries: 9, size: 99 }, (text) => text.length);
    for (const text of ['123456', '12', '12']) full.push(text);
    expect(full.read(0, { entries: 9, size: 4 })).toEqual({ values: ['123456'], next: 1, dropped: 0 });
    expect(full.read(1, { entries: 9, size: 4 })).toEqual({ values: ['12', '12'], next: 3, dropped: 0 });
  });

  it('numbers on after it was emptied', () => {
    const full = ring();
    full.push('a');
    full.clear();
    full.push('b');
    expect(full.read(1, ALL)).toEqual({ values: ['b'], next: 2, dropped: 0 });
  });
});

describe('a body on the wire', () => {
  it('loses what is named like a secret or looks like one, at any depth', () => {
    const body = { a: [{ api_key: 'k1', note: 'Bearer abc.def' }], token: 'k2', progressToken: 'p', count: 3 };
    const masked = maskBody(JSON.stringify(body));
    expect(JSON.parse(masked)).toEqual({
      a: [{ api_key: '[redacted]', note: 'Bearer [redacted]' }],
      token: '[redacted]',
      progressToken: 'p',
      count: 3,
    });
    expect(maskBody('password=hunter2')).not.toContain('hunter2');
  });

  it('loses whole secrets, of several words too, where it is too long to be read or is cut off', () => {
    const start =
      '{"password":"correct horse \\"battery\\" staple", "taskId" : "0b4c9d7e-1111-4222", "note":"stays here"';
    for (const text of [start, `${start},"data":"${'x'.repeat(600_000)}"}`]) {
      const shown = maskBody(text);
      expect(shown).toContain('"password":"[redacted]", "taskId" : "0b4c9d7e…", "note":"stays here"');
      expect(shown).not.toMatch(/horse|battery|staple|1111/);
    }
    expect(maskBody('{"password":"correct horse')).toBe('{"password":"[redacted]"');
  });

  it('shows too little of a handle to use it, in a header as well', () => {
    const id = '0b4c9d7e-1111-4222-8333-444455556666';
    const body = JSON.stringify({ taskId: id, arguments: { historyId: id }, sessionId: id, requestState: id });
    expect(maskBody(body)).not.toContain(id);
    const headers = { 'mcp-session-id': id, 'mcp-method': 'tasks/get', 'mcp-name': id };
    expect(maskHeaders(headers)).toEqual({ ...headers, 'mcp-session-id': '0b4c9d7e…', 'mcp-name': '0b4c9d7e…' });
    expect(maskHeaders({ 'mcp-method': 'tools/call', 'mcp-name': 'calculate' })['mcp-name']).toBe('calculate');
  });

  it('is shortened: each text, and the whole', () => {
    expect(maskBody(JSON.stringify({ data: 'x'.repeat(100_000) })).length).toBeLessThan(3_000);
    const long = maskBody(JSON.stringify(Array.from({ length: 50_000 }, (_, index) => index)));
    expect(long.length).toBeLessThan(SHOWN_CHARACTERS + 100);
    const nested = '['.repeat(5_000) + ']'.repeat(5_000);
    expect(maskBody(nested).length).toBeLessThan(200);
  });
});

describe('what has come over the wire', () => {
  const entry = (more: Partial<WireEntry>): WireEntry => ({
    exchange: 'n.1',
    node: 'n',
    at: 0,
    kind: 'request',
    ...more,
  });
  const call = entry({ method: 'POST', path: '/mcp', body: '{"method":"tools/call","params":{"name":"add"}}' });

  it('becomes one exchange, whose outcome is that of its answer or of an event', () => {
    const [first] = added([], [call, entry({ kind: 'open', status: 200 })]);
    expect(first).toMatchObject({ rpc: 'tools/call', about: 'add', outcome: 'open' });
    const failed = added(first ? [first] : [], [
      entry({ kind: 'event', body: '{"result":{"isError":true}}' }),
      entry({ kind: 'end', durationMs: 5 }),
    ]);
    expect(failed).toMatchObject([{ outcome: 'error', end: { durationMs: 5 } }]);
    expect(added([], [call, entry({ kind: 'end', gone: true })])[0]?.outcome).toBe('gone');
  });

  it('stays within its bound, and is found by words', () => {
    const many = added(
      [],
      Array.from({ length: SHOWN + 5 }, (_, index) => ({ ...call, exchange: `n.${index}` })),
    );
    expect(many.map(({ id }) => id)).toHaveLength(SHOWN);
    expect(many.at(-1)?.id).toBe(`n.${SHOWN + 4}`);
    const [one] = many;
    expect(one && [matches(one, 'ADD tools'), matches(one, 'subtract')]).toEqual([true, false]);
  });

  it('is a line for a shell that quotes what was sent', () => {
    const [one] = added([], [{ ...call, body: `{"a":"it's $HOME"}`, headers: { 'x-y': '`id`', cookie: 'c' } }]);
    expect(one && curlOf(one, 'http://h')).toBe(
      `curl -gsN \\\n  -X POST \\\n  'http://h/mcp' \\\n  -H 'x-y: \`id\`' \\\n  --data-raw '{"a":"it'\\''s $HOME"}'`,
    );
  });
});

describe('the field for a schema', () => {
  const kind = (schema: Schema) => fieldOf(resolved(schema, schema)).kind;

  it('follows what it can, and else is JSON', () => {
    expect(kind({ type: ['string', 'null'] })).toBe('text');
    expect(kind({ anyOf: [{ type: 'integer' }, { type: 'null' }] })).toBe('number');
    expect(kind({ oneOf: [{ const: 'a', title: 'A' }, { const: 'b' }] })).toBe('choice');
    expect(kind({ anyOf: [{ type: 'string' }, { type: 'number' }] })).toBe('raw');
    expect(kind({ $ref: '#/$defs/x', $defs: { x: { type: 'boolean' } } })).toBe('boolean');
    expect(kind({ $ref: 'https://evil.example/schema' })).toBe('raw');
    expect(kind({ $ref: '#' })).toBe('raw');
    expect(kind({ type: 'array', items: { enum: [1, 2] } })).toBe('choices');
    expect(kind({ type: 'object', additionalProperties: true })).toBe('raw');
  });

  it('begins with defaults and with what must be there, however it is nested', () => {
    const tree: Schema = {
      type: 'object',
      properties: {
        name: { type: 'string', default: 'x' },
        child: { $ref: '#' },
        items: { type: 'array', minItems: 9e9 },
      },
      required: ['child', 'items'],
    };
    const begun = initialOf(tree, tree);
    expect(begun).toMatchObject({ name: 'x', child: { name: 'x', child: { name: 'x' } } });
    expect(JSON.stringify(begun).length).toBeLessThan(1_000);
  });
});

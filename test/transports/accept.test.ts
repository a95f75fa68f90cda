import { describe, expect, test } from 'vitest';
import { acceptOfPost, requireEvents } from '../../src/transports/streamable-http/accept.js';

describe('the Accept of a POST', () => {
  test.each([
    [undefined, true, true],
    ['', true, true],
    ['*/*', true, true],
    ['application/json, text/event-stream', true, true],
    ['text/event-stream;q=0.9, application/json', true, true],
    ['application/json', true, false],
    ['application/*', true, false],
    ['text/event-stream', false, true],
    ['TEXT/Event-Stream', false, true],
    ['application/json, text/event-stream;q=0', true, false],
  ])('%s', (header, json, events) => {
    expect(acceptOfPost(header, false)).toEqual({ json, events });
  });

  test.each(['text/html', 'application/xml', 'application/json;q=0'])('%s is not acceptable', (header) => {
    expect(() => acceptOfPost(header, false)).toThrow(expect.objectContaining({ status: 406 }) as Error);
  });

  test.each([undefined, 'application/json', 'text/event-stream'])('%s is not enough when strict', (header) => {
    expect(() => acceptOfPost(header, true)).toThrow(expect.objectContaining({ status: 406 }) as Error);
  });
});

describe('the Accept of a GET', () => {
  test('must allow events', () => {
    expect(() => requireEvents('application/json', false)).toThrow(expect.objectContaining({ status: 406 }) as Error);
    expect(() => requireEvents(undefined, true)).toThrow(expect.objectContaining({ status: 406 }) as Error);
    expect(() => requireEvents(undefined, false)).not.toThrow();
    expect(() => requireEvents('text/event-stream', true)).not.toThrow();
  });
});

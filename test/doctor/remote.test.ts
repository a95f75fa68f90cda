import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineCatalog } from '../../src/catalog/define.js';
import type { McpServer } from '../helpers/mcp-server.js';
import { startMcpServer } from '../helpers/mcp-server.js';
import { freePort } from '../helpers/redis.js';
import { frontOf, json } from './front.js';
import type { FrontOptions } from './front.js';
import { findings, report } from './machine.js';

const ORIGIN = 'http://localhost:6274';
let server: McpServer;
let stateless: McpServer;
let empty: McpServer;

beforeAll(async () => {
  [server, stateless, empty] = await Promise.all([
    startMcpServer(),
    startMcpServer({ storage: 'none' }),
    startMcpServer({ offer: defineCatalog({}) }),
  ]);
});

afterAll(() => Promise.all([server.close(), stateless.close(), empty.close()]));

const urlOf = (url: string) => ({ url: new URL(url) });

/** A front of the stateful server; resolves to its endpoint. */
async function front(options: FrontOptions, behind = server): Promise<string> {
  return `${await frontOf(behind.origin, options)}/mcp`;
}

function without(...names: string[]) {
  return (headers: IncomingHttpHeaders) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

describe('DNS', () => {
  it.each([
    ['http://localhost:1/mcp', /^ok: localhost is (127\.0\.0\.1|::1)/],
    ['http://127.0.0.1:1/mcp', /^info: 127\.0\.0\.1 is an address/],
    [
      'http://no-such-host.invalid/mcp',
      /^failure: (there is no host named no-such-host\.invalid|no-such-host\.invalid can't be looked up)/,
    ],
  ])('%s', async (url, expected) => {
    expect(await findings('remote-dns', urlOf(url))).toEqual([expect.stringMatching(expected)]);
  });
});

describe('the handshake', () => {
  it('names the server and what it offers, and leaves no session behind', async () => {
    expect(await findings('remote-handshake', urlOf(server.url))).toEqual([
      expect.stringMatching(/^ok: mcp-calc \d\S+: protocol 2026-07-28, \d+ tools, \d+ ms$/),
    ]);
    expect(await server.storage?.sessions.count()).toBe(0);
  });

  it('over the legacy transport is a warning', async () => {
    expect(await findings('remote-handshake', urlOf(server.sseUrl))).toContainEqual(
      expect.stringMatching(/^warning: it speaks the legacy HTTP\+SSE transport only/),
    );
  });

  it.each([
    ['nobody listens', async () => `http://127.0.0.1:${await freePort()}/mcp`, /^failure: Nobody listens at/],
    [
      'there is a page',
      () => front({ answer: (_req, res) => (res.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), true) }),
      /^failure: .*web page/,
    ],
    ['nothing is there', async () => `${server.origin}/nothing`, /^failure: Nothing is at .*\(404\)/],
  ])('where %s is a failure with advice', async (_what, url, expected) => {
    const { findings: found } = await report('remote-handshake', urlOf(await url()));
    expect(found.map(({ level, message }) => `${level}: ${message}`)).toEqual([expect.stringMatching(expected)]);
    expect(found[0]?.fix).toMatch(/\w/);
  });

  it('that wants a token says how to give one; a token that is refused is a failure', async () => {
    const url = new URL(
      await front({
        answer: (req, res) =>
          req.headers.authorization !== 'Bearer right' && json(res, 401, {}, { 'www-authenticate': 'Bearer' }),
      }),
    );
    const { findings: found } = await report('remote-handshake', { url });
    expect(found).toEqual([
      { level: 'info', message: expect.stringContaining('401'), fix: expect.stringContaining('--token') },
    ]);
    expect(await findings('remote-handshake', { url, headers: { authorization: 'Bearer wrong' } })).toEqual([
      expect.stringMatching(/^failure: /),
    ]);
    expect(await findings('remote-handshake', { url, headers: { authorization: 'Bearer right' } })).toEqual([
      expect.stringMatching(/^ok: /),
    ]);
  });
});

describe('browsers', () => {
  it('may use a server that allows their page, and read its session', async () => {
    expect(await findings('remote-cors', urlOf(server.url))).toEqual([
      `ok: pages of ${ORIGIN} may use it and read Mcp-Session-Id`,
    ]);
    expect(await findings('remote-cors', urlOf(stateless.url))).toEqual([`ok: pages of ${ORIGIN} may use it`]);
    expect(await server.storage?.sessions.count()).toBe(0);
  });

  it('that are not let in are no fault', async () => {
    const found = await findings('remote-cors', { ...urlOf(server.url), origin: 'https://elsewhere.example' });
    expect(found).toEqual([
      'info: pages of https://elsewhere.example may not use it (403): fine, unless a browser is to be its client',
    ]);
  });

  it.each([
    [
      'the session is not exposed',
      { headers: without('access-control-expose-headers') },
      /^warning: Mcp-Session-Id is not exposed/,
    ],
    [
      'only the preflight is answered',
      {
        answer: (req, res) =>
          req.method === 'OPTIONS' &&
          json(
            res,
            200,
            {},
            { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*, authorization' },
          ),
        headers: without('access-control-allow-origin'),
      },
      /^warning: the preflight allows .*, but the answer itself does not/,
    ],
    [
      'the preflight is refused',
      { answer: (req, res) => req.method === 'OPTIONS' && json(res, 401, {}) },
      /^warning: the preflight of .* is answered with 401/,
    ],
    [
      'a header is not allowed',
      {
        answer: (req, res) =>
          req.method === 'OPTIONS' &&
          json(res, 200, {}, { 'access-control-allow-origin': ORIGIN, 'access-control-allow-headers': '*' }),
      },
      /^warning: pages of .* may not send authorization$/,
    ],
  ] satisfies [string, FrontOptions, RegExp][])('are warned of where %s', async (_what, options, expected) => {
    expect(await findings('remote-cors', urlOf(await front(options)))).toEqual([expect.stringMatching(expected)]);
  });
});

describe('streaming', () => {
  it('arrives as it is sent, where nothing stands between', async () => {
    expect(await findings('remote-stream', urlOf(server.url))).toEqual([
      expect.stringMatching(/^ok: events arrive as they are sent: 4 over \d+ ms$/),
    ]);
  });

  it('through a buffering proxy arrives in one lump: a warning', async () => {
    const { findings: found } = await report('remote-stream', urlOf(await front({ buffer: true })));
    expect(found).toEqual([
      {
        level: 'warning',
        message: expect.stringMatching(/^all events of a call arrive at once/),
        fix: expect.stringContaining('proxy_buffering off'),
      },
    ]);
  });

  it('of a server without the demonstration is measured by its own stream', async () => {
    expect(await findings('remote-stream', urlOf(empty.url))).toEqual([
      expect.stringMatching(/^(ok: a stream's first event arrives|info: a stream opens) after \d+ ms/),
    ]);
    expect(await findings('remote-stream', urlOf(await front({ buffer: true }, empty)))).toEqual([
      expect.stringMatching(/^warning: a stream does not open within 3 s/),
    ]);
  });

  it('of a server without streams has nothing to measure', async () => {
    const url = await front({ answer: (req, res) => req.method === 'GET' && json(res, 405, {}) }, empty);
    expect(await findings('remote-stream', urlOf(url))).toEqual([
      expect.stringMatching(/^info: nothing to measure: GET is answered with 405/),
    ]);
  });
});

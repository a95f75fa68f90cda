import { describe, expect, it, vi } from 'vitest';
import type { Route } from '../../../src/http/app.js';
import { createMetrics } from '../../../src/metrics.js';
import { sendJson } from '../../../src/http/send.js';
import { silentLogger } from '../../../src/log.js';
import { echo, rawRequest, startHost } from '../host.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('the request id', () => {
  it('is random where none comes in, and the same in answer and log', async () => {
    const host = await startHost();
    const id = (await fetch(`${host.url}/echo`)).headers.get('x-request-id');
    expect(id).toMatch(UUID);
    expect(await host.line({ path: '/echo' })).toMatchObject({ requestId: id });
  });

  it('is taken from X-Request-Id where that is harmless', async () => {
    const { url } = await startHost();
    const idFor = async (given: string) =>
      (await fetch(`${url}/echo`, { headers: { 'X-Request-Id': given } })).headers.get('x-request-id');
    expect(await idFor('trace:abc-1_2.3')).toBe('trace:abc-1_2.3');
    for (const given of ['a b', 'a"b', '<x>', 'x'.repeat(129), '']) expect(await idFor(given), given).toMatch(UUID);
  });
});

describe('the security headers', () => {
  it("are helmet's, on every answer", async () => {
    const { url } = await startHost();
    for (const path of ['/echo', '/nowhere']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toContain('max-age=');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-frame-options')).not.toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('the standing headers', () => {
  const answers: Record<string, Route['handle']> = {
    '/own': (_req, res) => void res.setHeader('x-frame-options', 'SAMEORIGIN').end(),
    '/implicit': (_req, res) => void res.end('x'),
    '/empty': (_req, res) => void res.writeHead(204).end(),
    '/stream': (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/plain' }).flushHeaders();
      res.end('x');
    },
    '/failed': () => {
      throw new Error('a bug');
    },
  };
  const routes = Object.entries(answers).map(([path, handle]) => ({ path, handle }));

  it.each([...Object.keys(answers), '/nowhere'])('stand once in the answer of %s', async (path) => {
    const host = await startHost({ routes });
    const head = (await rawRequest(host.port, `GET ${path} HTTP/1.1`)).split('\r\n\r\n', 1)[0] ?? '';
    const names = head.split('\r\n').map((line) => line.split(':', 1)[0]?.toLowerCase());
    for (const name of ['x-request-id', 'x-content-type-options', 'content-security-policy', 'x-frame-options', 'date'])
      expect(
        names.filter((found) => found === name),
        name,
      ).toHaveLength(1);
    expect(head).toContain(`x-frame-options: ${path === '/own' ? 'SAMEORIGIN' : 'DENY'}`);
  });
});

describe('the access log', () => {
  it('writes one line for each exchange, without the query', async () => {
    const host = await startHost();
    await fetch(`${host.url}/echo?token=planted`, { method: 'POST', body: '{}' });
    const line = await host.line({ message: 'request' });
    expect(line).toMatchObject({ level: 'info', method: 'POST', path: '/echo', status: 200, address: '127.0.0.1' });
    expect(line.durationMs).toEqual(expect.any(Number));
    expect(line.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(host.lines()).toHaveLength(1);
    expect(host.logged()).not.toContain('planted');
  });

  it('is asked for nothing that its level leaves out, and counts all the same', async () => {
    const logger = { ...silentLogger, isLevelEnabled: (level: string) => level !== 'info' };
    const told = [vi.spyOn(logger, 'info'), vi.spyOn(logger, 'error')];
    const metrics = await createMetrics({ tools: [], processFigures: false });
    const failing: Route = { path: '/failing', handle: () => Promise.reject(new Error('a bug')) };
    const host = await startHost({ logger, metrics, routes: [echo, failing] });
    await fetch(`${host.url}/echo`);
    await fetch(`${host.url}/failing`);
    await vi.waitFor(async () => expect((await metrics.render()).text).toContain('http_route="/failing"'));
    expect((await metrics.render()).text).toContain('http_route="/echo"');
    expect(told[0]).not.toHaveBeenCalled();
    expect(told[1]).toHaveBeenCalledWith(expect.objectContaining({ status: 500 }), 'request');
  });

  it('carries what the handler adds', async () => {
    const host = await startHost({
      routes: [
        {
          path: '/mcp',
          handle: (req, res) => {
            req.logFields = { rpcMethod: 'tools/call', tool: 'calculate', session: 'abcdefgh…', outcome: 'ok' };
            sendJson(res, 200, {});
          },
        },
      ],
    });
    await fetch(`${host.url}/mcp`);
    expect(await host.line({ path: '/mcp' })).toMatchObject({
      rpcMethod: 'tools/call',
      tool: 'calculate',
      outcome: 'ok',
    });
  });

  it('writes of probes at debug alone', async () => {
    const routes = [
      { ...echo, probe: true },
      { ...echo, path: '/other' },
    ];
    const host = await startHost({ routes });
    await fetch(`${host.url}/echo`);
    await fetch(`${host.url}/other`);
    await host.line({ path: '/other' });
    expect(host.lines()).toHaveLength(1);
    const verbose = await startHost({ routes }, {}, 'debug');
    await fetch(`${verbose.url}/echo`);
    expect(await verbose.line({ path: '/echo' })).toMatchObject({ level: 'debug' });
  });

  it.each([
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', true],
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', false],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', false],
    ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', false],
    ['nonsense', false],
  ])('carries the traceparent %s: %s', async (traceparent, valid) => {
    const host = await startHost();
    await fetch(`${host.url}/echo`, { headers: { traceparent } });
    expect((await host.line({ path: '/echo' })).traceparent).toBe(valid ? traceparent : undefined);
  });

  it('keeps on one line what was sent to break it', async () => {
    const host = await startHost();
    await rawRequest(host.port, 'GET /x%0a{"level":"error"} HTTP/1.1');
    await host.line({ message: 'request' });
    expect(host.logged().trim().split('\n')).toHaveLength(1);
  });

  it('counts exchanges by route and refusals by reason', async () => {
    const metrics = await createMetrics({ tools: [], processFigures: false });
    const host = await startHost({ routes: [echo], metrics });
    await fetch(`${host.url}/echo`);
    await fetch(`${host.url}/a`);
    await fetch(`${host.url}/b`);
    await fetch(`${host.url}/echo`, { headers: { Origin: 'http://evil.example' } });
    await host.line({ status: 403 });
    const { text } = await metrics.render();
    const labels = (route: string, status: number) =>
      `http_server_request_duration_seconds_count{http_request_method="GET",http_route="${route}",http_response_status_code="${status}"}`;
    expect(text).toContain(`${labels('/echo', 200)} 1`);
    expect(text).toContain(`${labels('/echo', 403)} 1`);
    expect(text).toContain(`${labels('other', 404)} 2`);
    expect(text).toContain('mcp_refusals_total{reason="origin"} 1');
    expect(text).toContain('mcp_refusals_total{reason="not_found"} 2');
  });
});

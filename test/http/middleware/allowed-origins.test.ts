import { describe, expect, it } from 'vitest';
import { rawRequest, startHost } from '../host.js';

const ask = (url: string, origin: string | undefined, init: RequestInit = {}) =>
  fetch(`${url}/echo`, {
    ...init,
    headers: { ...(origin === undefined ? {} : { Origin: origin }), ...(init.headers as object) },
  });

describe('the origin check', () => {
  it.each([
    ['http://localhost', 200],
    ['http://localhost:5173', 200],
    ['https://localhost:5173', 200],
    ['http://127.0.0.1:6274', 200],
    ['http://[::1]:6274', 200],
    ['http://evil.example', 403],
    ['http://localhost.evil.example', 403],
    ['http://evil.example:80/localhost', 403],
    ['http://localhost@evil.example', 403],
    ['null', 403],
    ['file://', 403],
    ['nonsense', 403],
  ])('by default answers Origin "%s" with %i', async (origin, status) => {
    const { url } = await startHost();
    const answer = await ask(url, origin);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(status === 200 ? origin : null);
    expect(answer.headers.get('access-control-expose-headers')?.includes('Mcp-Session-Id') ?? false).toBe(
      status === 200,
    );
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('answers a wrong origin as JSON-RPC, even with credentials, and counts it', async () => {
    const host = await startHost();
    const answer = await ask(host.url, 'http://evil.example', {
      method: 'POST',
      body: '{}',
      headers: { Authorization: 'Bearer x' },
    });
    expect(await answer.json()).toMatchObject({ error: { code: -32000 }, id: null });
    expect(await host.line({ status: 403 })).toMatchObject({ outcome: 'origin' });
  });

  it('names no CORS header, nor Mcp-Session-Id, to a request without an origin', async () => {
    const { port } = await startHost();
    const answer = await rawRequest(port, 'GET /echo HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    expect(answer).not.toMatch(/access-control|mcp-session-id/i);
  });

  it('answers a preflight of an allowed origin with 204, the methods and the headers it asked for', async () => {
    const { url } = await startHost();
    const asked = 'authorization,content-type,mcp-protocol-version,mcp-session-id,last-event-id,x-custom';
    const headers = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': asked };
    const answer = await ask(url, 'http://localhost:5173', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET,HEAD,POST,DELETE,OPTIONS');
    expect(answer.headers.get('access-control-allow-headers')).toBe(asked);
    expect(answer.headers.get('vary')).toContain('Origin');
    expect((await ask(url, 'http://evil.example', { method: 'OPTIONS', headers })).status).toBe(403);
  });

  it('compares scheme and port only where an entry names them', async () => {
    const { url } = await startHost({
      allowedOrigins: ['app.example', 'https://strict.example', 'https://port.example:8443'],
    });
    const status = async (origin: string) => (await ask(url, origin)).status;
    expect(await status('http://app.example:1')).toBe(200);
    expect(await status('https://strict.example:1')).toBe(200);
    expect(await status('http://strict.example')).toBe(403);
    expect(await status('https://port.example:8443')).toBe(200);
    expect(await status('https://port.example')).toBe(403);
    expect(await status('http://localhost')).toBe(403);
  });

  it('lets the pages of some origins send and not read, where readers are named', async () => {
    const { url } = await startHost({ allowedOrigins: ['*'], corsOrigins: ['https://app.example'] });
    const reader = await ask(url, 'https://app.example');
    expect([reader.status, reader.headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example']);
    const other = await ask(url, 'https://other.example');
    expect([other.status, other.headers.get('access-control-allow-origin'), other.headers.get('vary')]).toEqual([
      200,
      null,
      'Origin',
    ]);
    const headers = { 'Access-Control-Request-Method': 'POST' };
    const preflight = await ask(url, 'https://other.example', { method: 'OPTIONS', headers });
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('allows any origin with *, which is then told *', async () => {
    const { url } = await startHost({ allowedOrigins: ['*'] });
    const answer = await ask(url, 'https://anything.example');
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });

  it('allows the pages of the server itself, but not where any Host passes', async () => {
    const request = (port: number) =>
      rawRequest(port, 'GET http://mcp.example:4000/echo HTTP/1.1', ['Origin: http://mcp.example:4000']);
    const checked = await startHost({ allowedHosts: ['mcp.example'], allowedOrigins: ['app.example'] });
    expect(await request(checked.port)).toMatch(/^HTTP\/1.1 200/);
    const unchecked = await startHost({ allowedHosts: ['*'], allowedOrigins: ['app.example'] });
    expect(await request(unchecked.port)).toMatch(/^HTTP\/1.1 403/);
  });
});

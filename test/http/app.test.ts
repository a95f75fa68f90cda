import { Router } from 'express';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/http/errors.js';
import { sendJson, sendText } from '../../src/http/send.js';
import { echo, raw, rawRequest, startHost } from './host.js';

const SECRET = 'hunter2-/srv/secret/config.json';

describe('an app', () => {
  it('answers at the exact path, with a query or a slash after it as well', async () => {
    const { url } = await startHost();
    for (const path of ['/echo', '/echo?a=1', '/echo/', '/echo/?a=1']) {
      const answer = await fetch(url + path, { method: 'POST', body: 'hello' });
      expect(answer.status, path).toBe(200);
      expect(await answer.json()).toMatchObject({ body: 'hello' });
    }
    expect((await fetch(`${url}/echo/more`)).status).toBe(404);
  });

  it('takes a request target in absolute form', async () => {
    const { port } = await startHost();
    expect(await rawRequest(port, 'GET http://localhost/echo?x HTTP/1.1')).toMatch(/^HTTP\/1.1 200/);
    expect(await rawRequest(port, 'GET http://evil.example/echo HTTP/1.1')).toMatch(/^HTTP\/1.1 403/);
  });

  it('answers an unknown path with a JSON-RPC 404 that names the known ones', async () => {
    const { url } = await startHost();
    const answer = await fetch(`${url}/nowhere`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(await answer.json()).toEqual({
      jsonrpc: '2.0',
      error: { code: -32000, message: 'Not found: there is /echo' },
      id: null,
    });
  });

  it('survives request targets that are no path', async () => {
    const { port } = await startHost();
    for (const target of ['*', '//', '/%', '/%zz', 'http://[', '/\u00ff', '/../../etc/passwd', '?']) {
      const answer = await raw(
        port,
        Buffer.from(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1'),
      );
      expect(answer, target).toMatch(/^HTTP\/1.1 40[0134]/);
      expect(answer, target).toMatch(/"jsonrpc":"2.0"/);
    }
  });

  it('hands other paths to the routers, after the guards', async () => {
    const router = Router();
    router.get('/page', (req, res) => void res.json({ id: req.requestId }));
    const { url } = await startHost({ routers: [router] });
    const answer = await fetch(`${url}/page`);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await answer.json()).toEqual({ id: answer.headers.get('x-request-id') });
    expect((await fetch(`${url}/page`, { headers: { Origin: 'http://evil.example' } })).status).toBe(403);
  });

  const bug = () => {
    throw new Error(SECRET);
  };
  const router = Router();
  router.get('/express', bug);
  const routes = [
    { path: '/sync', handle: bug },
    { path: '/async', handle: async () => bug() },
  ];
  it.each(['/sync', '/async', '/express'])(
    'answers a bug at %s with 500 and the id to look for, and nothing else',
    async (path) => {
      const host = await startHost({ routes, routers: [router] });
      const answer = await fetch(host.url + path);
      const requestId = answer.headers.get('x-request-id');
      expect(answer.status).toBe(500);
      expect(await answer.json()).toEqual({
        jsonrpc: '2.0',
        error: { code: -32603, message: 'Internal error', data: { requestId } },
        id: null,
      });
      expect(await host.line({ level: 'error' })).toMatchObject({ requestId, err: { type: 'Error', message: SECRET } });
      expect(host.logged()).not.toContain('at ');
    },
  );

  it('closes the connection when a handler fails after its answer has begun', async () => {
    const handle = async (_req: unknown, res: { write(text: string): void }) => {
      res.write('begun');
      bug();
    };
    const { url } = await startHost({ routes: [{ path: '/half', handle }] });
    await expect(fetch(`${url}/half`).then((answer) => answer.text())).rejects.toThrow();
  });

  it('answers an HttpError with its status, code, data and headers', async () => {
    const handle = () => {
      const headers = { 'Retry-After': '2' };
      throw new HttpError(503, 'Session store unavailable', { rpcCode: -32000, data: { a: 1 }, headers });
    };
    const { url } = await startHost({ routes: [{ path: '/', handle }] });
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await answer.json()).toMatchObject({
      error: { code: -32000, message: 'Session store unavailable', data: { a: 1 } },
    });
  });

  it("answers what Express's own parsing refuses as the client's mistake", async () => {
    const { port } = await startHost({
      routers: [Router().get('/:name', (req, res) => void res.send(req.params.name))],
    });
    const answer = await rawRequest(port, 'GET /%E0%A4%A HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1.1 400/);
    expect(answer).toContain('"Bad request"');
    expect(answer).not.toContain('decode');
  });

  it('asks secured routes for a sign-in, and no others', async () => {
    const host = await startHost({
      routes: [
        { ...echo, secured: true },
        { ...echo, path: '/open' },
      ],
      authenticate: async (req, res) => {
        if (req.headers.authorization === 'Bearer good') {
          req.auth = { token: 'good', clientId: 'me', scopes: [] };
          return true;
        }
        sendJson(res, 401, { error: 'invalid_token' }, { 'WWW-Authenticate': 'Bearer' });
        return false;
      },
    });
    expect((await fetch(`${host.url}/open`)).status).toBe(200);
    expect((await fetch(`${host.url}/echo`, { headers: { Authorization: 'Bearer good' } })).status).toBe(200);
    const refused = await fetch(`${host.url}/echo`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await host.line({ status: 401 })).toMatchObject({ outcome: 'unauthorized' });
  });

  it('answers a hook that rejects like any other failure', async () => {
    const authenticate = async () => bug();
    const { url } = await startHost({ routes: [{ ...echo, secured: true }], authenticate });
    expect((await fetch(`${url}/echo`)).status).toBe(500);
  });

  it('refuses header values that would split the answer', async () => {
    const handle = (req: { url?: string }, res: Parameters<typeof sendText>[0]) =>
      sendText(res, 200, 'text/plain', 'x', { 'X-Echo': decodeURIComponent(req.url ?? '') });
    const { port } = await startHost({ routes: [{ path: '/split', handle }] });
    const answer = await rawRequest(port, 'GET /split?%0d%0aSet-Cookie:%20a=b HTTP/1.1');
    expect(answer).toMatch(/^HTTP\/1.1 500/);
    expect(answer).not.toContain('Set-Cookie');
  });
});

import { describe, expect, it } from 'vitest';
import { allowedHosts } from '../../../src/http/middleware/allowed-hosts.js';
import { LOOPBACK_NAMES } from '../../../src/net/loopback.js';
import { raw, startHost } from '../host.js';

const ask = (port: number, ...hostLines: string[]) =>
  raw(port, ['GET /echo HTTP/1.1', ...hostLines, 'Connection: close', '', ''].join('\r\n'));

describe('the host check', () => {
  it.each([
    ['localhost', 200],
    ['localhost:9999', 200],
    ['LOCALHOST', 200],
    ['localhost.', 200],
    ['127.0.0.1', 200],
    ['127.0.0.1:1', 200],
    ['[::1]', 200],
    ['[::1]:1453', 200],
    ['evil.example', 403],
    ['evil.example:1453', 403],
    ['localhost.evil.example', 403],
    ['evil.example#localhost', 403],
    ['localhost@evil.example', 403],
    ['evil.example, localhost', 403],
    ['127.0.0.1.evil.example', 403],
    ['127.0.0.2', 403],
    ['localhost:1:2', 403],
    ['[::1', 403],
    ['0', 403],
    ['', 403],
  ])('by default answers Host "%s" with %i', async (host, status) => {
    const { port } = await startHost();
    expect(await ask(port, `Host: ${host}`)).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  });

  it('answers a rebound name as JSON-RPC, and counts it', async () => {
    const host = await startHost();
    const answer = await ask(host.port, 'Host: rebound.example');
    expect(answer).toContain('"code":-32000');
    expect(answer).not.toMatch(/access-control/i);
    expect(await host.line({ status: 403 })).toMatchObject({ outcome: 'host' });
  });

  it('names the host that came, made harmless, and what mends it, to who asks and in the log', async () => {
    const host = await startHost();
    const answer = await ask(host.port, 'Host: mcp.example:8080');
    expect(answer).toContain('this Host is not allowed: mcp.example:8080. To mend it');
    expect(answer).toContain('--allowed-hosts mcp.example if');
    expect(answer).toContain('proxy_set_header Host $host;');
    const line = await host.line({ host: 'mcp.example:8080' });
    expect(line.hint).toContain('proxy_set_header Host $host;');
    const long = await ask(host.port, `Host: a=${'x'.repeat(5_000)}`);
    expect(long).toContain('not allowed: a=x');
    expect(long.length).toBeLessThan(2_000);
    expect(long).not.toContain('--allowed-hosts');
  });

  it('refuses a request without a Host, and looks at the first of two', async () => {
    const { port } = await startHost();
    expect(await raw(port, 'GET /echo HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 403/);
    expect(await ask(port)).toMatch(/^HTTP\/1.1 400/);
    expect(await ask(port, 'Host: evil.example', 'Host: localhost')).toMatch(/^HTTP\/1.1 40[03]/);
  });

  it('takes names with and without a port, and any with *', async () => {
    const named = await startHost({ allowedHosts: ['mcp.example', 'api.example:8443'] });
    const status = async (port: number, host: string) => (await ask(port, `Host: ${host}`)).slice(9, 12);
    expect(await status(named.port, 'mcp.example:4000')).toBe('200');
    expect(await status(named.port, 'api.example:8443')).toBe('200');
    expect(await status(named.port, 'api.example')).toBe('403');
    expect(await status(named.port, 'localhost')).toBe('403');
    const any = await startHost({ allowedHosts: ['*'] });
    expect(await status(any.port, 'whatever.example')).toBe('200');
  });

  it('lets probes come under whatever name the machine has', async () => {
    const { port } = await startHost({
      routes: [{ path: '/echo', probe: true, handle: (_req, res) => void res.end() }],
    });
    expect(await ask(port, 'Host: 10.1.2.3:1453')).toMatch(/^HTTP\/1.1 200/);
  });

  it.each(['exa mple', 'http://', 'a/b', ':80', 'a:b'])('refuses to start with "%s" as a name', (entry) => {
    expect(() => allowedHosts([entry])).toThrow(TypeError);
  });

  it('knows IPv6 with and without brackets', async () => {
    expect(LOOPBACK_NAMES).toContain('[::1]');
    const { port } = await startHost({ allowedHosts: ['2001:db8::1'] });
    expect(await ask(port, 'Host: [2001:DB8::1]:80')).toMatch(/^HTTP\/1.1 200/);
  });
});

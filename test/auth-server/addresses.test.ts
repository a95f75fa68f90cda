import { afterEach, describe, expect, it } from 'vitest';
import { clientDocuments, DOCUMENTS_A_MINUTE, isDocumentAddress } from '../../src/auth-server/client-document.js';
import { isPublicAddress, publicLookup, requirePublicHost } from '../../src/net/public-address.js';
import { isAllowedRedirectUri, isRegisteredRedirectUri } from '../../src/auth-server/redirect-uri.js';
import { serve } from '../auth/helpers/serve.js';
import type { Served } from '../auth/helpers/serve.js';

describe('a redirect URI', () => {
  it.each([
    'https://app.example/cb',
    'https://app.example/cb?x=1',
    'http://localhost:8080/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:1/',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'com.example.app:/cb',
    'com.googleusercontent.apps.123-abc:/oauth2redirect',
    'io.github.someone.app://callback',
    'vscode://anthropic.claude/cb',
    'vscode-insiders://publisher.extension/cb',
    'windsurf://cb',
    'zed://cb',
    'claude://cb',
  ])('%s may be registered', (uri) => expect(isAllowedRedirectUri(uri)).toBe(true));
  it.each([
    'http://app.example/cb',
    'https://app.example/cb#',
    'https://app.example/cb#x',
    'https://user@app.example/',
    'https://u:p@app.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'blob:https://a/b',
    'ms-msdt:/id PCWDiagnostic'.replace(' ', '%20'),
    'ms-settings:network',
    'ms-word:ofe%7Cu%7Chttps://evil.example/x.docm',
    'search-ms:query=x&crumb=location:%2F%2Fevil.example',
    'shell:Startup',
    'smb://evil.example/share',
    'intent://evil.example/#Intent;end'.replace('#', '%23'),
    'jar:https://evil.example/x.jar!/y',
    'microsoft.windows.camera:',
    'microsoft-edge:https://evil.example/',
    'x-apple.systempreferences:com.apple.preference.security',
    'com.apple.tv:/x',
    'ssh://evil.example/',
    'git://evil.example/',
    'ldap://evil.example/',
    'view-source:https://a/',
    'steam://run/1',
    'zoommtg://x',
    'unheard-of://x',
    'a.b:/cb',
    'https://app.example\\@evil.example/',
    ' https://app.example/',
    'https://app.example/a b',
    'http://localhost.evil.example/',
    '/cb',
    '',
    `https://app.example/${'a'.repeat(2_000)}`,
  ])('%j may not be registered', (uri) => expect(isAllowedRedirectUri(uri)).toBe(false));

  it('matches character by character', () => {
    const known = ['https://app.example/cb', 'http://localhost:8080/cb'];
    for (const uri of known) expect(isRegisteredRedirectUri(uri, known)).toBe(true);
    for (const uri of [
      'https://app.example/cB',
      'https://app.example/cb/',
      'https://app.example/cb?',
      'https://app.example:443/cb',
      'https://APP.example/cb',
      'https://app.example/x/../cb',
      'http://localhost:8081/cb',
      'http://127.0.0.1:8080/cb',
      'http://localhost/cb',
    ]) {
      expect(isRegisteredRedirectUri(uri, known), uri).toBe(false);
    }
  });

  it('has any port on the loopback where it was registered without one, and nowhere else', () => {
    const known = ['http://127.0.0.1/cb', 'https://app.example/cb'];
    expect(isRegisteredRedirectUri('http://127.0.0.1:53123/cb', known)).toBe(true);
    for (const uri of [
      'http://127.0.0.1:53123/cb2',
      'http://localhost:53123/cb',
      'https://app.example:8443/cb',
      'http://127.0.0.1:@evil.example/cb',
      'http://127.0.0.1:1.evil.example/cb',
      'https://127.0.0.1:53123/cb',
    ]) {
      expect(isRegisteredRedirectUri(uri, known), uri).toBe(false);
    }
  });
});

describe('a public address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111'])('%s is one', (ip) => expect(isPublicAddress(ip)).toBe(true));
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    'ff02::1',
    'localhost',
    '',
    '0x7f.1',
  ])('%s is none', (ip) => expect(isPublicAddress(ip)).toBe(false));

  it('is what a look-up must find', async () => {
    const look = (allowLoopback: boolean, all: boolean) =>
      new Promise((resolve, reject) =>
        publicLookup(allowLoopback)('localhost', { all }, (error, address) =>
          error ? reject(error) : resolve(address),
        ),
      );
    await expect(look(false, false)).rejects.toThrow('not on the public internet');
    await expect(look(false, true)).rejects.toThrow('not on the public internet');
    expect(await look(true, false)).toMatch(/^(127\.0\.0\.1|::1)$/);
  });

  it('is asked of a host that is an address already', () => {
    for (const host of ['169.254.169.254', '[::1]', '[::ffff:7f00:1]', '10.0.0.1'])
      expect(() => requirePublicHost(host, false)).toThrow('not on the public internet');
    expect(() => requirePublicHost('10.0.0.1', true)).toThrow('not on the public internet');
    expect(() => requirePublicHost('[::1]', true)).not.toThrow();
  });
});

describe('a client metadata document', () => {
  let host: Served | undefined;
  afterEach(() => host?.close());

  async function documentAt(
    answer: (id: string) => { status?: number; headers?: Record<string, string>; body: string },
  ) {
    let asked = 0;
    host = await serve((req, res) => {
      asked += 1;
      const { status = 200, headers = {}, body } = answer(`${host?.url}${req.url}`);
      res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
    return { id: `${host.url}/client.json`, asked: () => asked };
  }
  const good = (id: string, more: object = {}) => ({
    body: JSON.stringify({ client_id: id, client_name: 'App', redirect_uris: ['https://app.example/cb'], ...more }),
  });
  const fetching = clientDocuments({ allowLoopback: true });

  it('becomes a public client, and is fetched once in a while', async () => {
    let time = 0;
    const { id, asked } = await documentAt((address) => good(address));
    const get = clientDocuments({ allowLoopback: true, now: () => time });
    expect(await get(id)).toMatchObject({
      client_id: id,
      client_name: 'App',
      redirect_uris: ['https://app.example/cb'],
    });
    await get(id);
    expect(asked()).toBe(1);
    time += 300_001;
    await get(id);
    expect(asked()).toBe(2);
  });

  it.each<[string, (id: string) => { status?: number; headers?: Record<string, string>; body: string }]>([
    ['names another client_id', () => good('https://evil.example/client.json')],
    ['has no redirect URI', (id) => good(id, { redirect_uris: [] })],
    ['has a redirect URI that is not allowed', (id) => good(id, { redirect_uris: ['http://evil.example/cb'] })],
    ['asks for a client secret', (id) => good(id, { token_endpoint_auth_method: 'client_secret_post' })],
    ['is no JSON', () => ({ body: '<html>' })],
    ['says that it is no JSON', (id) => ({ ...good(id), headers: { 'content-type': 'text/html' } })],
    ['is not there', (id) => ({ ...good(id), status: 404 })],
    ['redirects', (id) => ({ ...good(id), status: 302, headers: { location: id } })],
    ['is too large', (id) => good(id, { contacts: ['x'.repeat(11_000)] })],
  ])('is refused when it %s', async (_what, answer) => {
    const { id, asked } = await documentAt(answer);
    await expect(fetching(id)).rejects.toMatchObject({ errorCode: 'invalid_client' });
    expect(asked()).toBe(1);
  });

  it('that failed is not fetched again for a while, by one or by many who ask at once', async () => {
    let time = 0;
    const { id, asked } = await documentAt(() => ({ status: 404, body: '{}' }));
    const get = clientDocuments({ allowLoopback: true, now: () => time });
    const message = 'The client metadata document is not there, or not JSON';
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => get(id)));
    expect(all.map((one) => one.status === 'rejected' && (one.reason as Error).message)).toEqual(
      Array(20).fill(message),
    );
    await expect(get(id)).rejects.toMatchObject({ message });
    expect(asked()).toBe(1);
    time += 60_001;
    await expect(get(id)).rejects.toMatchObject({ message });
    expect(asked()).toBe(2);
  });

  it('is one of so many in a minute, and one that is known still counts', async () => {
    let time = 0;
    const { id, asked } = await documentAt((address) => good(address));
    const get = clientDocuments({ allowLoopback: true, now: () => time });
    for (let at = 0; at < DOCUMENTS_A_MINUTE; at += 1) await get(`${id}?${at}`);
    await expect(get(id)).rejects.toThrow('try again');
    expect(await get(`${id}?0`)).toMatchObject({ client_name: 'App' });
    expect(asked()).toBe(DOCUMENTS_A_MINUTE);
    time += 60_000;
    expect(await get(id)).toMatchObject({ client_id: id });
  });

  it('is not fetched from an inner address, by number or by name', async () => {
    const { id, asked } = await documentAt((address) => good(address));
    const strict = clientDocuments();
    for (const address of [
      id,
      id.replace('127.0.0.1', 'localhost'),
      id.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
      id.replace('127.0.0.1', '2130706433'),
    ]) {
      await expect(strict(address)).rejects.toMatchObject({
        message: 'The client metadata document could not be fetched',
      });
    }
    expect(asked()).toBe(0);
  });

  it('is at an https address with a path, written in its normal form', () => {
    expect(isDocumentAddress('https://app.example/client.json')).toBe(true);
    for (const id of [
      'https://app.example/',
      'https://app.example',
      'http://app.example/c',
      'https://app.example/c#x',
      'https://u@app.example/c',
      'https://app.example/a/../c',
      'https://APP.example/c',
      '5f0c0b8e',
      'file:///c',
    ]) {
      expect(isDocumentAddress(id), id).toBe(false);
    }
    expect(isDocumentAddress('http://127.0.0.1:1/c', true)).toBe(true);
  });
});

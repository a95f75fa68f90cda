import { describe, expect, it } from 'vitest';
import { isSecretName, redactHeaders, redactText, redactUrl } from '../../src/text/secrets.js';

describe('redaction', () => {
  it('leaves alone what is no secret', () => {
    const text = 'GET /mcp?cursor=abc took 5 ms: codes=3, monkey=1, http://localhost:1453/a@b';
    expect(redactText(text)).toBe(text);
    expect(redactUrl('redis://localhost:6379/2')).toBe('redis://localhost:6379/2');
  });

  it('keeps of a URL all but the secret', () => {
    expect(redactUrl('redis://user:pw@host:6379/0')).toBe('redis://user:[redacted]@host:6379/0');
    expect(redactUrl('https://h/cb?state=1&code=abc&x=2')).toBe('https://h/cb?state=1&code=[redacted]&x=2');
  });

  it('shows headers by their names, secrets replaced', () => {
    const headers = {
      host: 'h',
      authorization: 'Bearer x',
      'set-cookie': ['a=b'],
      accept: ['a', 'b'].join(),
      'mcp-session-id': 'short',
    };
    expect(redactHeaders({ ...headers, 'x-forwarded-for': undefined })).toEqual({
      host: 'h',
      authorization: '[redacted]',
      'set-cookie': '[redacted]',
      accept: 'a,b',
      'mcp-session-id': 'short',
    });
  });

  it.each([
    'Authorization',
    'proxy-authorization',
    'cookie',
    'Set-Cookie',
    'X-Api-Key',
    'api_key',
    'apiKey',
    'X-Auth',
    'X-Auth-Token',
    'X-Access-Key',
    'Ocp-Apim-Subscription-Key',
    'x-functions-key',
    'GITHUB_TOKEN',
    'DB_PASSWORD',
    'REDIS_PASSWD',
    'passphrase',
    'client_secret',
    'client.secret',
    'private_key',
    'SHARED_KEY',
    'code',
    'code_verifier',
    'client_assertion',
    'JWT_SECRET',
    'pwd',
    'key',
  ])('knows %s for the name of a secret', (name) => {
    expect(isSecretName(name)).toBe(true);
    expect(redactText(`${name}=pl4nted`)).toBe(`${name}=[redacted]`);
    expect(redactText(`{"${name}": "pl4nted"}`)).toBe(`{"${name}": "[redacted]"}`);
  });

  it.each([
    'accept',
    'mcp-session-id',
    'country_code',
    'monkey',
    'hotkey',
    'author',
    'bypass',
    'codes',
    'keyboard',
    'cursor',
  ])('takes %s for an open name', (name) => {
    expect(isSecretName(name)).toBe(false);
    expect(redactText(`${name}=open`)).toBe(`${name}=open`);
  });

  it('takes no longer for a text that was made to be slow', () => {
    const start = performance.now();
    for (const part of ['a', '-', 'token', '//a:', '"code"', 'eyJ', ' =', '"\'=']) redactText(part.repeat(50_000));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

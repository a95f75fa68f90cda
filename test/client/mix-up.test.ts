import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryCredentials } from '../../src/client/oauth/credentials.js';
import { Guard } from '../../src/client/oauth/guard.js';
import { PersonProvider } from '../../src/client/oauth/provider.js';
import { personSignIn } from '../../src/client/oauth/sign-in.js';
import { runCli } from '../helpers/run-cli.js';
import { startMixUps } from './mix-up.js';
import type { MixUp, MixUpServer } from './mix-up.js';

const PROMISED = { authorization_response_iss_parameter_supported: true };
const CASES = {
  good: { metadata: PROMISED },
  'other-issuer': { metadata: { issuer: 'https://elsewhere.example' } },
  'missing-iss': { metadata: PROMISED, iss: null },
  'wrong-iss': { iss: 'https://elsewhere.example' },
  'no-pkce': { metadata: { code_challenge_methods_supported: undefined } },
  'plain-pkce': { metadata: { code_challenge_methods_supported: ['plain'] } },
  'plain-http': { authorizationServer: 'http://as.example' },
  'plain-page': { metadata: { authorization_endpoint: 'http://as.example/authorize' } },
  'no-page': { metadata: { authorization_endpoint: 'file:///etc/passwd' } },
  'plain-token': { metadata: { token_endpoint: 'http://as.example/token' } },
  'plain-registration': { metadata: { registration_endpoint: 'http://as.example/register' } },
  endless: { endless: true },
} satisfies Record<string, MixUp>;

let server: MixUpServer;
beforeAll(async () => {
  server = await startMixUps(CASES);
});
afterAll(() => server.close());

const ping = (name: keyof typeof CASES, ...more: string[]) =>
  runCli(['client', 'ping', '--transport', 'http', '--url', `${server.origin}/${name}/mcp`, ...more]);
const pathsOf = (name: string): string[] => server.asked(name).map(({ path }) => path);

describe('a sign-in', () => {
  it('comes to its end at a server that does as it should, which is told that this is a native application', async () => {
    const { code, stderr } = await ping('good', '--headless');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(pathsOf('good')).toEqual(['metadata', 'register', 'authorize', 'token']);
    const registered = JSON.parse(server.asked('good')[1]?.body ?? '') as object;
    expect(registered).toMatchObject({ application_type: 'native' });
  });

  it.each<[name: keyof typeof CASES, words: RegExp, never: string]>([
    ['other-issuer', /issuer/i, 'register'],
    ['missing-iss', /iss/, 'token'],
    ['wrong-iss', /iss/, 'token'],
    ['no-pkce', /does not say that it protects codes by PKCE with S256/, 'register'],
    ['plain-pkce', /does not say that it protects codes by PKCE with S256/, 'register'],
    ['plain-http', /http:\/\/as\.example is not https/, 'register'],
    ['plain-page', /http:\/\/as\.example is not https/, 'authorize'],
    ['no-page', /file: is not the address of a web page/, 'authorize'],
    ['plain-token', /token/, 'token'],
    ['plain-registration', /http:\/\/as\.example is not https/, 'register'],
    ['endless', /more than 1 MB/, 'register'],
  ])('is refused: %s', async (name, words, never) => {
    const { code, stderr } = await ping(name, '--headless');
    expect(stderr).toMatch(words);
    expect(code).toBe(3);
    expect(stderr).not.toMatch(/^\s+at |mcp-sdk/m);
    expect(pathsOf(name)).not.toContain(never);
  });
});

describe('credentials of the client itself', () => {
  const secret = ['--client-credentials', '--client-id', 'a', '--client-secret', 'b'];

  it('go nowhere without --issuer', async () => {
    const { code, stderr } = await ping('good', ...secret);
    expect(stderr).toMatch(/need --issuer/);
    expect(code).toBe(1);
  });

  it('go to the issuer that --issuer names, and to no other', async () => {
    const right = await ping('good', ...secret, '--issuer', `${server.origin}/as/good`);
    expect(right.stderr).toBe('');
    expect(right.code).toBe(0);
    const wrong = await ping('wrong-iss', ...secret, '--issuer', `${server.origin}/as/good`);
    expect(wrong.code).toBe(3);
    expect(server.asked('wrong-iss').filter(({ body }) => body.includes('client_credentials'))).toEqual([]);
  });
});

describe('a server of the public internet', () => {
  const hosts: Record<string, string[]> = {
    'mcp.example': ['9.9.9.9'],
    'as.example': ['1.1.1.1', '2606:4700::1111'],
    'inside.example': ['1.1.1.1', '10.0.0.1'],
  };
  const resolve = (host: string): Promise<string[]> => Promise.resolve(hosts[host] ?? [host]);
  const from = (address: string, issuer?: string): Guard => new Guard(new URL(address), { resolve, issuer });

  it.each([
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/',
    'https://100.100.100.200/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://2130706433/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://inside.example/',
    'http://localhost:8080/',
  ])('names no authorization server at %s', async (address) => {
    await expect(from('https://mcp.example/mcp').require(new URL(address))).rejects.toThrow(
      /not on the public internet/,
    );
  });

  it('names one at a public address', async () => {
    await expect(from('https://mcp.example/mcp').require(new URL('https://as.example/'))).resolves.toBeUndefined();
  });

  it('may name one inside that the person has named, and a server inside may name any', async () => {
    const inside = new URL('https://10.0.0.1/x');
    await expect(from('https://mcp.example/mcp', 'https://10.0.0.1').require(inside)).resolves.toBeUndefined();
    await expect(from('https://inside.example/mcp').require(inside)).resolves.toBeUndefined();
    await expect(from('http://127.0.0.1:1/mcp').require(inside)).resolves.toBeUndefined();
  });

  it('has nobody ask the address of its metadata inside, and the sign-in ends there', async () => {
    const asked: string[] = [];
    const provider = new PersonProvider('https://mcp.example/mcp', memoryCredentials(), {});
    const signIn = personSignIn(
      provider,
      () =>
        Promise.resolve({
          redirectUrl: 'http://127.0.0.1/callback',
          authorize: () => Promise.reject(new Error('shown')),
          close: () => Promise.resolve(),
        }),
      {
        resolve,
        fetch: (url, init) => {
          asked.push(new URL(url).host);
          return fetch(`${server.origin}${new URL(url).pathname}`, init);
        },
      },
    );
    const resourceMetadataUrl = new URL('https://169.254.169.254/latest/meta-data');
    await expect(
      signIn.run(new URL('https://mcp.example/good/mcp'), { wantsMore: false, resourceMetadataUrl }),
    ).rejects.toThrow(/https:\/\/169\.254\.169\.254 is not on the public internet/);
    expect(asked.filter((host) => host !== 'mcp.example')).toEqual([]);
  });
});

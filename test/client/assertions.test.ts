import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../helpers/run-cli.js';
import { Terminal } from './pseudo-terminal.js';
import { startTrustedIssuers } from './trusted-issuers.js';
import type { TrustedIssuers } from './trusted-issuers.js';

const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-assertions-'));
let issuers: TrustedIssuers;
beforeAll(async () => {
  issuers = await startTrustedIssuers();
});
beforeEach(() => {
  issuers.asked.length = 0;
  issuers.idpIssuer = undefined;
});
afterAll(async () => {
  await issuers.close();
  rmSync(folder, { recursive: true, force: true });
});

const fileOf = (text: string): string => {
  const path = join(folder, `${Math.random()}.jwt`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const ping = (args: readonly string[], env: Record<string, string> = {}) =>
  runCli(['client', 'ping', '--transport', 'http', '--url', issuers.url, '--client-id', 'app', ...args], { env });

describe('a workload', () => {
  const workload = (aud = issuers.issuer, expiresIn?: string): Promise<string> =>
    issuers.sign({ sub: 'job', aud }, expiresIn);

  it('signs in with the JWT of a file, as a public client, for the server that it wants to talk to', async () => {
    const jwt = await workload();
    const file = fileOf(`${jwt}\n`);
    const { code, stderr } = await ping([
      ...['--workload-jwt-file', file, '--issuer', issuers.issuer, '--scope', 'calls'],
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(issuers.asked).toEqual([
      {
        at: 'as',
        authorization: undefined,
        params: {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: jwt,
          client_id: 'app',
          resource: issuers.url,
          scope: 'calls',
        },
      },
    ]);
  });

  it.each([
    ['for somebody else', () => workload('https://wrong.example')],
    ['that has expired', () => workload(issuers.issuer, '-1m')],
  ])('is refused with a JWT %s, in clean words, and asks no second time', async (_what, make) => {
    const jwt = await make();
    const { code, stderr } = await ping(['--workload-jwt-env', 'JOB', '--issuer', issuers.issuer], { JOB: jwt });
    expect(code).toBe(3);
    expect(stderr).toMatch(/the authorization server refused \(invalid_grant\): .*"(aud|exp)" claim/);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toContain(jwt);
    expect(issuers.asked).toHaveLength(1);
  });

  it('shows its JWT to no authorization server but that of --issuer', async () => {
    const jwt = await workload();
    const { code } = await ping(['--workload-jwt-env', 'JOB', '--issuer', 'https://elsewhere.example'], { JOB: jwt });
    expect(code).toBe(3);
    expect(issuers.asked).toEqual([]);
  });
});

describe('a person of an enterprise', () => {
  const flags = (...more: string[]): string[] => ['--idp', issuers.idp, '--issuer', issuers.issuer, ...more];
  const idToken = (aud = 'app'): Promise<string> => issuers.sign({ sub: 'ada', aud });

  it('has the ID token exchanged for a grant at the identity provider, and the grant for a token', async () => {
    const jwt = await idToken('at-idp');
    const env = { ID_TOKEN: jwt, MCP_CLIENT_SECRET: 's', MCP_IDP_CLIENT_SECRET: 'idp-secret' };
    const { code, stderr } = await ping(
      flags('--id-token-env', 'ID_TOKEN', '--idp-client-id', 'at-idp', '--scope', 'calls'),
      env,
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [exchange, grant] = issuers.asked;
    expect(exchange).toMatchObject({
      at: 'idp',
      params: {
        subject_token: jwt,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        audience: issuers.issuer,
        resource: issuers.url,
        client_id: 'at-idp',
        client_secret: 'idp-secret',
        scope: 'calls',
      },
    });
    expect(grant).toMatchObject({
      at: 'as',
      authorization: `Basic ${Buffer.from('app:s').toString('base64')}`,
      params: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
    });
    expect(JSON.stringify(grant)).not.toContain(jwt);
    expect(issuers.asked).toHaveLength(2);
  });

  it('is told what the identity provider has against the ID token', async () => {
    const file = fileOf(await idToken('another-app'));
    const { code, stderr } = await ping(flags('--id-token-file', file));
    expect(code).toBe(3);
    expect(stderr).toMatch(/Token exchange failed: invalid_grant.*"aud" claim/);
    expect(stderr).not.toContain('\u001b');
    expect(issuers.asked).toHaveLength(1);
  });

  it('shows the ID token to no provider whose metadata names another issuer, nor to one that is not https', async () => {
    const file = fileOf(await idToken());
    issuers.idpIssuer = 'https://elsewhere.example';
    const mixedUp = await ping(flags('--id-token-file', file));
    expect(mixedUp.code).toBe(3);
    expect(mixedUp.stderr).toMatch(/names https:\/\/elsewhere\.example as its issuer/);
    const plain = await ping(['--id-token-file', file, '--idp', 'http://idp.example', '--issuer', issuers.issuer]);
    expect(plain.code).toBe(1);
    expect(plain.stderr).toMatch(/--idp: http:\/\/idp\.example is not a valid https address/);
    expect(issuers.asked).toEqual([]);
  });
});

describe('flags of these sign-ins', () => {
  it.each<[what: string, args: string[], words: RegExp]>([
    ['a variable that is not there', ['--workload-jwt-env', 'NONE'], /--workload-jwt-env: there is no variable NONE/],
    ['a file that is not there', ['--id-token-file', '/none', '--idp', 'https://a.example'], /\/none can't be read/],
    ['what is not a JWT', ['--workload-jwt-env', 'HOME'], /--workload-jwt-env: HOME does not hold a JWT/],
    ['an ID token without --idp', ['--id-token-env', 'HOME'], /--id-token-env needs --idp/],
    [
      'two ways at once',
      ['--id-token-env', 'A', '--client-credentials'],
      /Only one of --client-credentials and --id-token-env/,
    ],
  ])('say what is wrong: %s', async (_what, args, words) => {
    const { code, stderr } = await ping([...args, '--issuer', issuers.issuer]);
    expect(stderr).toMatch(words);
    expect(code).toBe(1);
    expect(issuers.asked).toEqual([]);
  });
});

describe('the issuer, where no flag names it', () => {
  const words = (): string[] => [
    ...['client', 'ping', '--transport', 'http', '--url', issuers.url],
    ...['--client-credentials', '--client-id', 'app', '--client-secret', 's'],
  ];

  it('is asked for on a terminal before anything is sent, and the answer is held to', async () => {
    const terminal = new Terminal(words());
    try {
      await terminal.see(/The issuer that may see the credentials: /);
      expect(issuers.asked).toEqual([]);
      terminal.type(`${issuers.issuer}\r`);
      await terminal.see(/the authorization server refused/);
      expect(await terminal.exit).toBe(3);
      expect(issuers.asked).toMatchObject([{ at: 'as', params: { grant_type: 'client_credentials' } }]);
    } finally {
      terminal.kill();
    }
  });

  it.each([
    ['another issuer', 'https://elsewhere.example\r', 3, /elsewhere\.example/],
    ['no address', 'yes\r', 1, /Sign-ins with --client-credentials need --issuer/],
    ['Ctrl-C', '\u0003', 130, /Cancelled/],
  ])('gets nothing where the answer is %s', async (_what, typed, code, said) => {
    const terminal = new Terminal(words());
    try {
      await terminal.see(/The issuer that may see the credentials: /);
      const from = terminal.text.length;
      terminal.type(typed);
      await terminal.see(said, from);
      expect(await terminal.exit).toBe(code);
      expect(issuers.asked).toEqual([]);
    } finally {
      terminal.kill();
    }
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../auth/helpers/browser.js';
import { runCli, startCli } from '../helpers/run-cli.js';
import type { CliResult } from '../helpers/run-cli.js';
import { spawnServer } from '../helpers/spawn-server.js';
import type { SpawnedServer } from '../helpers/spawn-server.js';

let server: SpawnedServer;
let url: string;
const home = mkdtempSync(join(tmpdir(), 'mcp-calc-sign-in-'));
const env = { XDG_CONFIG_HOME: home };
const file = join(home, 'mcp-calc', 'credentials.json');

interface Stored {
  tokens?: { access_token: string; refresh_token: string };
}
const stored = (): Record<string, Stored> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, Stored>;

beforeAll(async () => {
  server = await spawnServer(['http', '--auth', 'demo']);
  url = `${server.origin}/mcp`;
});

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Runs the client, and opens the address that it prints in a browser. */
async function withBrowser(
  args: readonly string[],
  visit: (address: string) => Promise<void>,
  configuration = home,
): Promise<Pick<CliResult, 'code' | 'stdout' | 'stderr'>> {
  const child = startCli(args, { env: { XDG_CONFIG_HOME: configuration } });
  let stdout = '';
  let stderr = '';
  let visited: Promise<void> | undefined;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    const address = /Sign in at: (\S+)\n/.exec(stderr)?.[1];
    if (address !== undefined) visited ??= visit(address);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  await visited;
  return { code, stdout, stderr };
}

const signIn = async (address: string): Promise<void> => {
  const callback = await new Browser().signIn(address);
  expect(callback.hostname).toBe('127.0.0.1');
  expect(await (await fetch(callback)).text()).toContain('You are signed in');
};

describe('signing in', () => {
  it('a pipe is told what to do, and nothing is registered for it', async () => {
    const { code, stderr } = await runCli(['client', 'ping', '--url', url], { env });
    expect(code).toBe(3);
    expect(stderr).toMatch(/wants you to sign in[\s\S]*mcp-calc client login --url/);
    expect(() => statSync(file)).toThrow();
  });

  it('a redirect with another state is refused with 400, and the sign-in goes on', async () => {
    const { code, stderr } = await withBrowser(
      ['client', 'login', '--no-browser', '--url', url],
      async (address) => {
        const redirect = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
        for (const search of ['code=stolen&state=made-up', 'error=access_denied&state=made-up', 'code=stolen']) {
          redirect.search = search;
          expect((await fetch(redirect)).status).toBe(400);
        }
        await signIn(address);
      },
      mkdtempSync(join(home, 'another-')),
    );
    expect(stderr).toContain(`Signed in at ${url}`);
    expect(code).toBe(0);
  });

  it('a refusal of the person is told', async () => {
    const { code, stderr } = await withBrowser(['client', 'login', '--no-browser', '--url', url], async (address) => {
      const browser = new Browser();
      const { state, formUrl } = await browser.open(address);
      await fetch(Browser.target(await browser.submit(formUrl, { state, decision: 'deny' }), formUrl));
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/the authorization server refused/);
  });

  it('login keeps the tokens in a file that only its owner may read', async () => {
    const { code, stderr } = await withBrowser(['client', 'login', '--no-browser', '--url', url], signIn);
    expect(stderr).toContain(`Signed in at ${url}`);
    expect(code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'mcp-calc')).mode & 0o777).toBe(0o700);
    expect(stored()[url]?.tokens?.access_token).toBeTypeOf('string');
  });

  it('later runs use them', async () => {
    const { code, stdout } = await runCli(['client', 'call', 'calculate', 'a=1', 'b=2', 'op=add', '--url', url], {
      env,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('1 + 2 = 3');
  });

  it('curl lines name a variable in place of the token', async () => {
    const { stdout } = await runCli(['client', 'ping', '--curl', '--url', url], { env });
    expect(stdout).toContain('-H "Authorization: Bearer $MCP_TOKEN"');
    expect(stdout).not.toContain(stored()[url]?.tokens?.access_token);
    const asked = await runCli(['client', 'ping', '--curl', '--secrets', '--url', url], { env });
    expect(asked.stdout).toContain(`-H 'Authorization: Bearer ${stored()[url]?.tokens?.access_token}'`);
  });

  it('a token that is no longer good is renewed without asking', async () => {
    const all = stored();
    const { tokens } = all[url] ?? {};
    writeFileSync(
      file,
      JSON.stringify({ ...all, [url]: { ...all[url], tokens: { ...tokens, access_token: 'expired' } } }),
    );
    const { code, stderr } = await runCli(['client', 'ping', '--url', url], { env });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stored()[url]?.tokens?.access_token).not.toBe('expired');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('--token goes before what is kept, and a wrong one ends with 3', async () => {
    const token = stored()[url]?.tokens?.access_token ?? '';
    expect((await runCli(['client', 'ping', '--token', token, '--url', url])).code).toBe(0);
    expect((await runCli(['client', 'ping', '--url', url], { env: { ...env, MCP_TOKEN: 'wrong' } })).code).toBe(3);
  });

  it('logout forgets them', async () => {
    const { code, stderr } = await runCli(['client', 'logout', '--url', url], { env });
    expect(code).toBe(0);
    expect(stderr).toContain('Forgot the tokens');
    expect(stored()[url]).toBeUndefined();
    expect((await runCli(['client', 'ping', '--url', url], { env })).code).toBe(3);
  });
});

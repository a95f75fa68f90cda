// The client as the conformance suite starts it: with the server's address as the last argument. The suite hands over
// what a person would have registered beforehand, and the calls that it wants (MCP_CONFORMANCE_CONTEXT).
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = process.env.MCP_CALC_BIN ?? fileURLToPath(new URL('../../../bin/mcp-calc.js', import.meta.url));
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-conformance-'));

const server = ['--url', process.argv.at(-1)];
const args = ['--headless', '--client-metadata-url', 'https://conformance-test.local/client-metadata.json'];
if (context.client_id !== undefined) args.push('--client-id', context.client_id);
if (context.client_secret !== undefined) args.push('--client-secret', context.client_secret);
// A person who has credentials for the client itself knows where they are from; the suite leaves it to the metadata of the server.
const issuer = context.issuer ?? (isMachine() ? await namedIssuer(process.argv.at(-1)) : undefined);
if (issuer !== undefined) args.push('--issuer', issuer);
if (context.idp_id_token !== undefined) {
  args.push('--id-token-env', 'CONFORMANCE_JWT', '--idp', context.idp_issuer, '--idp-client-id', context.idp_client_id);
} else if (context.valid_jwt !== undefined) args.push('--workload-jwt-env', 'CONFORMANCE_JWT');
// Credentials without the address of an authorization server, or a key: those of the client itself, not of a person.
else if (isMachine() && context.private_key_pem === undefined) args.push('--client-credentials');
if (context.private_key_pem !== undefined) {
  const key = join(folder, 'key.pem');
  writeFileSync(key, context.private_key_pem, { mode: 0o600 });
  args.push('--client-key', key, '--client-key-algorithm', context.signing_algorithm);
}

function isMachine() {
  const { issuer, client_secret, private_key_pem, valid_jwt } = context;
  return (private_key_pem ?? valid_jwt) !== undefined || (client_secret !== undefined && issuer === undefined);
}

async function namedIssuer(address) {
  const { origin, pathname } = new URL(address);
  for (const path of [pathname, '']) {
    const response = await globalThis.fetch(`${origin}/.well-known/oauth-protected-resource${path}`);
    if (response.ok) return (await response.json()).authorization_servers?.[0];
  }
  return undefined;
}

/** Runs the client to its end; resolves to its exit code and, where it is wanted, to its output. */
function run(words, wantsOutput = false) {
  const child = spawn(process.execPath, [binary, 'client', ...words, ...args, ...server], {
    stdio: ['inherit', wantsOutput ? 'pipe' : 'inherit', 'inherit'],
    env: { ...process.env, CONFORMANCE_JWT: context.idp_id_token ?? context.valid_jwt },
  });
  let stdout = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? 1, stdout })));
}

const call = (name, values) => run(['call', name, '--args', JSON.stringify(values)]);

async function act() {
  if (context.toolCalls !== undefined) {
    for (const { name, arguments: values } of context.toolCalls) {
      const { code } = await call(name, values);
      if (code !== 0) return code;
    }
    return 0;
  }
  if (process.env.MCP_CONFORMANCE_SCENARIO === 'json-schema-2020-12-preservation') {
    const { tools } = JSON.parse((await run(['tools', '--json'], true)).stdout);
    const [focal] = tools.filter(({ name }) => name !== 'json_schema_echo');
    return (await call('json_schema_echo', { schema: focal.inputSchema })).code;
  }
  return (await run(['smoke', '--only', 'tools', '--all-tools'])).code;
}

process.exitCode = await act();
rmSync(folder, { recursive: true, force: true });

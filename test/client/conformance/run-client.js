// The client as the conformance suite starts it: with the server's address as the last argument. The suite hands over
// what a person would have registered beforehand (MCP_CONFORMANCE_CONTEXT); its name of the scenario is not looked at.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = process.env.MCP_CALC_BIN ?? fileURLToPath(new URL('../../../bin/mcp-calc.js', import.meta.url));
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-conformance-'));

const args = [
  'client',
  'smoke',
  '--only',
  'tools',
  '--all-tools',
  '--headless',
  '--client-metadata-url',
  'https://conformance-test.local/client-metadata.json',
];
if (context.client_id !== undefined) args.push('--client-id', context.client_id);
if (context.client_secret !== undefined) args.push('--client-secret', context.client_secret);
if (context.issuer !== undefined) args.push('--issuer', context.issuer);
// Credentials without the address of an authorization server, or a key: those of the client itself, not of a person.
if (context.client_secret !== undefined && context.issuer === undefined) args.push('--client-credentials');
if (context.private_key_pem !== undefined) {
  const key = join(folder, 'key.pem');
  writeFileSync(key, context.private_key_pem, { mode: 0o600 });
  args.push('--client-key', key, '--client-key-algorithm', context.signing_algorithm);
}

const child = spawn(process.execPath, [binary, ...args, '--url', process.argv.at(-1)], { stdio: 'inherit' });
child.once('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});

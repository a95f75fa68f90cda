import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../helpers/run-cli.js';
import { frontOf } from './front.js';
import { findings, report, temporaryFolder } from './machine.js';

const run = promisify(execFile);
const DAY_MS = 86_400_000;

interface Certified {
  readonly url: URL;
  /** The file of the certificate, which signed itself. */
  readonly file: string;
}

/** A TLS server with a new certificate that signed itself. */
async function serve(days: number, name = 'localhost'): Promise<Certified> {
  const folder = await temporaryFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const subject = ['-subj', `/O=The Doctor/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  await run('openssl', [
    'req',
    '-x509',
    ...curve,
    '-nodes',
    '-days',
    String(days),
    ...subject,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  const server = createServer(
    { key: await readFile(key), cert: await readFile(cert) },
    (_req, res) => void res.end(),
  ).listen(0, 'localhost');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  return { url: new URL(`https://localhost:${(server.address() as AddressInfo).port}/mcp`), file: cert };
}

it('a certificate that signed itself is a failure, and its end is told', async () => {
  const { url } = await serve(90);
  const { findings: found } = await report('remote-tls', { url });
  expect(found).toEqual([
    {
      level: 'failure',
      message: 'the certificate of localhost is not trusted: it is self-signed',
      fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    },
    { level: 'ok', message: expect.stringMatching(/^the certificate ends on \d{4}-\d\d-\d\d, in (89|90) days$/) },
  ]);
});

it('a certificate that ends soon is a warning, and one that has ended a failure', async () => {
  const { url } = await serve(3);
  expect(await findings('remote-tls', { url })).toContainEqual(
    expect.stringMatching(/^warning: the certificate ends on .*, in [23] days$/),
  );
  expect(await findings('remote-tls', { url, now: () => Date.now() + 4 * DAY_MS })).toContainEqual(
    expect.stringMatching(/^failure: the certificate ended on/),
  );
});

it('a certificate that Node.js is told to trust is trusted, but not for another name', async () => {
  const [right, wrong] = await Promise.all([serve(90), serve(90, 'other.example')]);
  const examine = async ({ url, file }: Certified) => {
    const { stdout } = await runCli(['doctor', '--only', 'remote-tls', '--url', url.href], {
      env: { NODE_EXTRA_CA_CERTS: file },
    });
    return stdout;
  };
  expect(await examine(right)).toMatch(/^✓ TLS {2}TLSv1\.3, trusted, by The Doctor\n✓ {6}the certificate ends on/);
  expect(await examine(wrong)).toMatch(
    /^✗ TLS {2}the certificate of localhost is not trusted: it is for another name \(DNS:other\.example\)/,
  );
});

it('plain http is a warning, but not on this machine', async () => {
  expect(await findings('remote-tls', { url: new URL('http://mcp.example.com/mcp') })).toEqual([
    expect.stringMatching(/^warning: plain http/),
  ]);
  expect(await findings('remote-tls', { url: new URL('http://localhost:1453/mcp') })).toEqual([
    expect.stringMatching(/^info: plain http/),
  ]);
});

it('a server that speaks no TLS is a failure', async () => {
  const origin = await frontOf('http://127.0.0.1:9', { answer: (_req, res) => (res.end(), true) });
  const { findings: found } = await report('remote-tls', { url: new URL(`${origin.replace('http:', 'https:')}/mcp`) });
  expect(found).toEqual([
    {
      level: 'failure',
      message: expect.stringMatching(/^no TLS with 127\.0\.0\.1:\d+: /),
      fix: expect.stringContaining('http'),
    },
  ]);
});

import { createServer } from 'node:net';
import { DEFAULT_HOST, DEFAULT_PORTS, httpOrigin } from '../../net/addresses.js';
import { readJsonObject } from '../../net/body.js';
import { defineCheck, failure, ok, warning } from '../check.js';
import type { Finding } from '../check.js';
import type { DoctorContext } from '../context.js';
import { portHolder } from '../port-holder.js';

const SERVED: readonly [port: number, use: string, flags: string][] = [
  [DEFAULT_PORTS.stateful, 'http', 'http'],
  [DEFAULT_PORTS.stateless, 'http --stateless', 'http --stateless'],
  [DEFAULT_PORTS.sse, 'sse', 'sse'],
];
const WHO_MS = 1_000;

export const ports = defineCheck({
  id: 'ports',
  title: 'Ports',
  timeoutMs: 8_000,
  async run(context, signal) {
    const wanted = portsOf(context);
    const found = await Promise.all(wanted.map(([port, use, flags]) => look(port, use, flags, context, signal)));
    const free = found.flatMap((finding, index) => (finding === undefined ? [String(wanted[index]?.[0])] : []));
    const rest = found.filter((finding) => finding !== undefined);
    return free.length > 0 ? [ok(`free: ${free.join(', ')}`), ...rest] : rest;
  },
});

/** The port that PORT names, or those of the three servers. A PORT that is wrong is told with the variables. */
function portsOf({ env }: DoctorContext): typeof SERVED {
  const text = (env.PORT ?? '').trim();
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? [[port, 'PORT', 'http']] : SERVED;
}

/** Undefined where the port is free. */
async function look(
  port: number,
  use: string,
  command: string,
  context: DoctorContext,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const host = context.env.HOST?.trim() || DEFAULT_HOST;
  const code = await bindingFails(port, host);
  if (code === undefined) return undefined;
  const other = `mcp-calc ${command} --port ${port < 65_000 ? port + 1 : port - 1}`;
  if (code === 'EACCES')
    return failure(
      `${port} (${use}) needs rights that you do not have`,
      `Take a port above 1023: mcp-calc ${command} --port 8080`,
    );
  if (code !== 'EADDRINUSE')
    return failure(
      `${port} (${use}) can't be bound at ${host}: ${code}`,
      'HOST must be an address of this machine: 127.0.0.1, or 0.0.0.0 for every network.',
    );
  const [holder, serves] = await Promise.all([portHolder(port, context, signal), whoAnswers(port, context, signal)]);
  const by = holder === undefined ? 'a process that the system does not name' : `${holder.name} (pid ${holder.pid})`;
  if (serves !== undefined)
    return ok(`${port} (${use}) is served by mcp-calc ${serves}${holder === undefined ? '' : ` (pid ${holder.pid})`}`);
  return warning(`${port} (${use}) is held by ${by}`, `End that process, or take another port: ${other}`);
}

/** Binds the port for a moment; the code of the error, where that fails. */
function bindingFails(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** The version and kind of the mcp-calc that listens there, where it is one. */
async function whoAnswers(
  port: number,
  { fetch, env }: DoctorContext,
  signal: AbortSignal,
): Promise<string | undefined> {
  const host = env.HOST?.trim().replace(/^(0\.0\.0\.0|::)?$/, DEFAULT_HOST) || DEFAULT_HOST;
  try {
    const url = `${httpOrigin(host, port)}/health`;
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(WHO_MS)]),
    });
    const { version, pattern, storageMode } = (await readJsonObject(response)) ?? {};
    return typeof version === 'string' && typeof pattern === 'string' && typeof storageMode === 'string'
      ? `${version}, ${pattern}`
      : undefined;
  } catch {
    return undefined;
  }
}

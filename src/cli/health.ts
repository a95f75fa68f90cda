import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_HOST, httpOrigin } from '../net/addresses.js';
import { readJsonObject } from '../net/body.js';
import { quote } from '../text/harmless.js';
import { redactUrl } from '../text/secrets.js';

/** What a health endpoint was found to say. */
export interface HealthReport {
  /** Without its password. */
  readonly url: string;
  readonly healthy: boolean;
  /** Of HTTP. */
  readonly status: number;
  readonly responseTimeMs: number;
  /** What the server answered, where it was a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** Why it is not healthy, in words. */
  readonly reason: string | undefined;
}

/** Nobody answered at all. */
export class HealthUnreachableError extends Error {
  readonly code = 'HEALTH_UNREACHABLE';
  constructor(url: string, why: string, cause: unknown) {
    super(`${url} does not answer: ${why}`, { cause });
    this.name = 'HealthUnreachableError';
  }
}

const PROBES = /\/(health|health\/detailed|livez|readyz)$/;
const ENDPOINTS = /\/(mcp|sse|messages?)$/;

/** The health address for what somebody typed: a port, a host, a base URL, an MCP endpoint, or a probe itself. */
export function healthUrl(target: string): URL | undefined {
  const full = /^\d+$/.test(target)
    ? httpOrigin(DEFAULT_HOST, Number(target))
    : /^https?:\/\//i.test(target)
      ? target
      : `http://${target}`;
  if (!URL.canParse(full)) return undefined;
  const url = new URL(full);
  const path = url.pathname.replace(/\/+$/, '');
  if (!PROBES.test(path)) url.pathname = `${path.replace(ENDPOINTS, '')}/health`;
  url.search = '';
  url.hash = '';
  return url;
}

/**
 * Asks once. Resolves to what was found, well or not.
 * Rejects with {@link HealthUnreachableError} when nothing answers within `timeoutMs`.
 */
export async function probe(url: URL, timeoutMs: number, fetcher: typeof fetch = fetch): Promise<HealthReport> {
  const started = performance.now();
  try {
    const response = await fetcher(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await readJsonObject(response);
    const responseTimeMs = Math.round(performance.now() - started);
    const reason = whyUnwell(response, body);
    return {
      url: redactUrl(url.href),
      healthy: reason === undefined,
      status: response.status,
      responseTimeMs,
      body,
      reason,
    };
  } catch (error) {
    throw new HealthUnreachableError(redactUrl(url.href), why(error, timeoutMs), error);
  }
}

/** Between two looks at a server that is waited for, ms. */
const PAUSE_MS = 250;

/** Asks until the server is well, for `waitMs` at most, and once at least; the outcome is the last one's, as {@link probe} has it. */
export async function probeFor(url: URL, timeoutMs: number, waitMs: number): Promise<HealthReport> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const left = () => deadline - performance.now();
    const outcome = probe(url, Math.max(1, waitMs === 0 ? timeoutMs : Math.min(timeoutMs, Math.ceil(left()))));
    const well = await outcome.then(
      ({ healthy }) => healthy,
      () => false,
    );
    if (well || left() <= PAUSE_MS) return outcome;
    await delay(PAUSE_MS);
  }
}

const WELL = ['healthy', 'ok', 'alive', 'ready', 'up', 'pass'];

function whyUnwell(response: Response, body: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const status = typeof body?.status === 'string' ? quote(body.status) : undefined;
  if (!response.ok)
    return `it answers ${response.status} ${quote(response.statusText)}${status === undefined ? '' : ` (${status})`}`;
  if (body === undefined) return 'the answer is not a JSON object: is this the address of an MCP server?';
  return status === undefined || WELL.includes(status.toLowerCase()) ? undefined : `it says "${status}"`;
}

function why(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  // A host with several addresses fails with an error for each of them, and an empty message.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return quote(first instanceof Error ? first.message : String(first));
}

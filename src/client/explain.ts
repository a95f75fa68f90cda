import { eraMismatch, rpcErrorIn } from './era-mismatch.js';
import { ClientError, ErrorAnswer, REJECTED_BY_USER, httpStatusOf } from './errors.js';
import type { Circumstances } from './errors.js';
import { RPC } from '../rpc/errors.js';
import { quote } from '../text/harmless.js';
import { redactUrl } from '../text/secrets.js';
import { describeTarget } from './target.js';
import type { Target } from './target.js';

/** The words of a time limit that is not the SDK's. */
export const TIMED_OUT = 'No answer in time';

/** Translates whatever the SDK, fetch or the system threw into one line and a hint. */
export function explain(error: unknown, circumstances: Circumstances): ClientError {
  if (error instanceof ClientError) return error;
  if (!(error instanceof Error)) return new ClientError('answer', quote(String(error)));
  // What failed while the SDK looked for the era: its own words hide the reason.
  if (codeOf(error) === 'ERA_NEGOTIATION_FAILED' && error.cause !== undefined)
    return explain(error.cause, circumstances);
  const { target } = circumstances;
  const failure = (message: string, hint?: string, reason: ClientError['reason'] = 'unreachable'): ClientError =>
    new ClientError(reason, message, { cause: error, hint });
  const tooMuch = tooMuchIn(error);
  if (tooMuch !== undefined)
    return failure(
      tooMuch.message,
      'What a client holds of a server has a bound; smaller answers, or pages, are within it.',
      'answer',
    );
  const mismatch = eraMismatch(error, circumstances);
  if (mismatch !== undefined) return mismatch;
  const code = codeOf(error);
  if (code === REJECTED_BY_USER && error.name !== 'ProtocolError')
    return failure(
      `The server's question was refused, and with it the call`,
      'Answer it with --sample, or on a terminal.',
      'answer',
    );
  if (code === 'REQUEST_TIMEOUT' || error.message === TIMED_OUT) return afterTimeout(circumstances, failure);
  if (error.name === 'ProtocolError') return answered(error, Number(code));
  const status = httpStatusOf(error);
  if (error.name === 'UnauthorizedError' || status === 401) return refused(error, 401, circumstances, failure);
  if (error.name === 'InsufficientScopeError' || status === 403) return refused(error, 403, circumstances, failure);
  if (status !== undefined)
    return target.kind === 'http' ? httpAnswer(error, status, target.url, failure) : failure(quote(error.message));
  if (target.kind === 'http' && code === 'CLIENT_HTTP_UNEXPECTED_CONTENT')
    return httpAnswer(error, 0, target.url, failure);
  if (
    code === 'ERA_NEGOTIATION_FAILED' ||
    code === 'CONNECTION_CLOSED' ||
    code === 'NOT_CONNECTED' ||
    error.message === 'Not connected'
  )
    return afterClosing(circumstances, failure);
  const system = systemCode(error);
  if (system !== undefined) return unreachable(system, target, failure);
  if (/^Server does not support/.test(error.message))
    return failure(quote(error.message), 'See what it offers: mcp-calc client info', 'answer');
  if (error.name === 'ZodError' || code === 'INVALID_RESULT' || code === 'UNSUPPORTED_RESULT_TYPE')
    return failure(
      'The server answered with something that the protocol does not allow',
      `The first fault: ${firstIssue(error)}`,
      'answer',
    );
  if (error instanceof SyntaxError)
    return failure(`The server answered with something that is not JSON: ${quote(error.message)}`, undefined, 'answer');
  return failure(quote(error.message) || error.name, undefined, 'answer');
}

/** Of the SDK's errors: of JSON-RPC a number, its own a word. */
function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}

type Fail = (message: string, hint?: string, reason?: ClientError['reason']) => ClientError;

/** Characters of an error's message: what a server says of a failure is told whole. */
const MESSAGE_CHARACTERS = 10_000;

function answered(error: Error, code: number, message = error.message): ErrorAnswer {
  const { data } = error as { data?: unknown };
  const own: unknown = code === RPC.resourceNotFound && Array.isArray(data) ? data[0] : data;
  return new ErrorAnswer(code, `The server answered with error ${code}: ${quote(message, MESSAGE_CHARACTERS)}`, own, {
    cause: error,
  });
}

function afterTimeout({ target, stray, stderr }: Circumstances, fail: Fail): ClientError {
  if (stray !== undefined)
    return fail(
      `No answer from ${describeTarget(target)}, but something else on its stdout: ${stray}`,
      'A stdio server may write nothing but JSON-RPC to stdout: its log belongs on stderr.',
    );
  const said = stderr === undefined || stderr.trim() === '' ? '' : ` It wrote to stderr: ${lastLine(stderr)}`;
  return fail(
    `No answer from ${describeTarget(target)} in time`,
    `Give it longer with --timeout <seconds>, or see what passes with --trace.${said}`,
  );
}

function afterClosing({ target, stderr, stray }: Circumstances, fail: Fail): ClientError {
  const said = stderr?.trim() ? `It wrote to stderr: ${lastLine(stderr)}` : undefined;
  const wrote = stray === undefined ? undefined : `It wrote to stdout, which is for JSON-RPC alone: ${stray}`;
  return fail(
    `The server ended before it answered: ${describeTarget(target)}`,
    said ?? wrote ?? 'Run its command by itself to see why, or add --verbose.',
  );
}

function refused(error: Error, code: unknown, { target, refusal }: Circumstances, fail: Fail): ClientError {
  const name = describeTarget(target);
  if (code === 403)
    return fail(
      `${name} refuses the request (403): ${bodyOf(error)}`,
      'The token may lack a scope, or the server does not allow this Host or Origin.',
      'authentication',
    );
  return fail(
    `${name} wants to know who you are (401)${refusal === undefined ? '' : `: ${quote(refusal)}`}`,
    'Sign in with: mcp-calc client login --url <url>. Or give a token with --token.',
    'authentication',
  );
}

function httpAnswer(error: Error, code: number, { href }: URL, fail: Fail): ClientError {
  const address = redactUrl(href);
  const { data } = error as { data?: { text?: unknown } };
  const message = `${error.message}${typeof data?.text === 'string' ? `\n${data.text}` : ''}`;
  // A server of the modern era knows no such method (2026-07-28, basic/transports, "Protocol Errors").
  const rpcError = code === 404 && typeof data?.text === 'string' ? rpcErrorIn(data.text) : undefined;
  if (rpcError?.code === RPC.methodNotFound) return answered(error, rpcError.code, rpcError.message);
  const redirect = /Redirect to (\S+) not followed/.exec(message)?.[1] ?? /try (\S+) instead/.exec(message)?.[1];
  if (redirect !== undefined)
    return fail(
      `${address} redirects to ${quote(redirect)}, which is not followed`,
      `If you trust that address: --url ${quote(redirect)}`,
    );
  const type = /Unexpected content type: (.+)$|Invalid content type.*"(.+)"/.exec(message);
  if (
    /<(!doctype|html|head|body)\b/i.test(message) ||
    type?.[1]?.startsWith('text/html') ||
    type?.[2]?.startsWith('text/html')
  ) {
    return fail(
      `${address} answers with a web page, not with MCP${code > 0 ? ` (HTTP ${code})` : ''}`,
      'Is the path right? It is usually /mcp, or /sse for the legacy transport.',
    );
  }
  if (type !== null)
    return fail(
      `${address} answers with ${quote(type[1] ?? type[2] ?? 'an unknown content type')}, not with MCP`,
      'Is the path right? It is usually /mcp, or /sse for the legacy transport.',
    );
  if (code === 404)
    return fail(
      `Nothing is at ${address} (404)`,
      'Is the path right? It is usually /mcp, or /sse for the legacy transport.',
    );
  if (code === 429 || code >= 500)
    return fail(
      `${address} can't serve now (HTTP ${code}): ${bodyOf(error)}`,
      'Try again later, or see the log of the server.',
    );
  return fail(`${address} refuses the request (HTTP ${code}): ${bodyOf(error)}`, undefined, 'answer');
}

/** The words in the body of a refusal: those of a JSON-RPC or OAuth error where it is one. */
function bodyOf(error: Error): string {
  const { data } = error as { data?: { text?: unknown } };
  const text =
    typeof data?.text === 'string'
      ? data.text
      : error.message.replace(/^.*?Error POSTing to endpoint(?: \(HTTP \d+\))?: /s, '');
  try {
    const body = JSON.parse(text) as { error?: { message?: string } | string; error_description?: string };
    const words = body.error_description ?? (typeof body.error === 'object' ? body.error.message : body.error);
    return quote(words ?? text);
  } catch {
    return quote(text) || 'no reason given';
  }
}

function unreachable(code: string, target: Target, fail: Fail): ClientError {
  if (target.kind === 'stdio') {
    if (code === 'ENOENT')
      return fail(`There is no command "${quote(target.command)}"`, 'Is it installed, and on the PATH?');
    return fail(`"${describeTarget(target)}" can't be started (${code})`, 'Is it a program, and may you run it?');
  }
  const { url } = target;
  const hints: Record<string, [string, string]> = {
    ECONNREFUSED: [`Nobody listens at ${url.origin}`, 'Is the server running, and is the port right?'],
    BAD_PORT: [
      `No HTTP client connects to port ${url.port}`,
      'The port belongs to another service (Fetch Standard, "Port blocking"): take another.',
    ],
    ENOTFOUND: [`There is no host named ${url.hostname}`, 'Check the spelling of the address.'],
    EAI_AGAIN: [`The name ${url.hostname} can't be looked up now`, 'Check the network and its DNS.'],
    ECONNRESET: [`${url.origin} broke the connection`, 'See the log of the server: it may have ended.'],
    UND_ERR_SOCKET: [`${url.origin} broke the connection`, 'See the log of the server: it may have ended.'],
    EPROTO: [
      `${url.origin} does not speak ${url.protocol.slice(0, -1)}`,
      url.protocol === 'https:' ? 'Try it with http://' : 'Try it with https://',
    ],
  };
  const [message, hint] = hints[code] ?? [
    `${url.origin} can't be reached (${code})`,
    'Check the address and the network.',
  ];
  return fail(message, hint);
}

const CAUSES = 5;

function tooMuchIn(error: Error): Error | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < CAUSES && cause instanceof Error; depth++) {
    if (codeOf(cause) === 'TOO_MUCH') return cause;
    ({ cause } = cause);
  }
  return undefined;
}

/** The code of the system's error at the bottom of what fetch threw. */
export function systemCode(error: Error): string | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < CAUSES && cause instanceof Error; depth++) {
    if (
      'code' in cause &&
      typeof cause.code === 'string' &&
      /^(E[A-Z]+|UND_ERR\w+|[A-Z_]*CERT[A-Z_]*|DEPTH_ZERO\w+|HPE_\w+|ERR_SSL\w+)$/.test(cause.code)
    )
      return /SSL|HPE/.test(cause.code) ? 'EPROTO' : cause.code;
    if (cause instanceof AggregateError) cause = cause.errors[0];
    else if (cause.message === 'bad port') return 'BAD_PORT';
    else if (cause.cause === undefined && /ECONNREFUSED|fetch failed|terminated|other side closed/.test(cause.message))
      return /ECONNREFUSED/.test(cause.message) ? 'ECONNREFUSED' : 'ECONNRESET';
    else cause = cause.cause;
  }
  return undefined;
}

function firstIssue(error: Error): string {
  const issue =
    'issues' in error && Array.isArray(error.issues)
      ? (error.issues[0] as { path?: unknown[]; message?: string } | undefined)
      : undefined;
  return quote(`${issue?.path?.join('.') || 'the message'}: ${issue?.message ?? error.message}`);
}

function lastLine(text: string): string {
  return quote(text.trim().split('\n').at(-1) ?? '');
}

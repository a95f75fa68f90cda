import type { IncomingHttpHeaders } from 'node:http';
import type { DestinationStream, Logger as PinoLogger, LoggerOptions } from 'pino';

/** What every part of the program logs through; passed in, never imported as a singleton. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'> & { child(bindings: Record<string, unknown>): Logger };

export type LogThreshold = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  level?: LogThreshold;
  /** For a person at a terminal, instead of one JSON object a line. */
  pretty?: boolean;
  /** Takes one line a call, line end included; stderr where it is absent. */
  destination?: { write(line: string): void };
}

const STDERR = 2;
/** Lines are written when this much is there, or after this time. */
const BATCH_BYTES = 16_000;
const BATCH_MS = 20;
/** Unwritten bytes that are kept while nobody reads stderr; lines beyond are dropped. */
const MAX_UNWRITTEN = 4_000_000;
const REDACTED = '[redacted]';
/** Characters of a session id that are shown: enough to tell sessions apart, too few to use one. */
const SESSION_CHARACTERS = 8;
/** Bounds of what one log line may carry: deeper, longer or more of it is cut off. */
const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;
const MAX_CHARACTERS = 8_192;

/**
 * A logger that writes JSON lines with `level`, `timestamp` (ISO 8601) and `message`. Secrets are redacted wherever they
 * stand: by the name of their field, and in texts and URLs. Stacks are written at the level `debug` alone, without folders.
 * pino is loaded here.
 */
export async function createLogger({ level = 'info', pretty = false, destination }: LogOptions = {}): Promise<Logger> {
  if (level === 'silent') return silentLogger;
  const { default: pino } = await import('pino');
  const clean = (value: unknown) => redact(value, level === 'debug', 0);
  const options: LoggerOptions = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (cleaned: unknown) => cleaned },
    // Ahead of pino's own work, which would copy an error's message and put values into texts.
    hooks: {
      logMethod([first, ...rest], method) {
        const fields: unknown = first instanceof Error ? { err: clean(first) } : clean(first);
        const texts = first instanceof Error && rest.length === 0 ? [redactText(first.message)] : rest.map(clean);
        method.apply(this, [fields, ...texts] as unknown as Parameters<typeof method>);
      },
    },
  };
  const start = (stream: DestinationStream) => redactBindings(pino(options, stream), clean);
  if (destination !== undefined) return start(destination);
  const stderr = pino.destination({ dest: STDERR, sync: pretty, minLength: pretty ? 0 : BATCH_BYTES, maxLength: MAX_UNWRITTEN });
  // Whoever read stderr has gone (EPIPE), or its disk is full: that must not end a server.
  stderr.on('error', () => {});
  if (!pretty) return start(inBatches(stderr));
  const { default: prettify } = await import('pino-pretty');
  const keys = { messageKey: 'message', timestampKey: 'timestamp', translateTime: 'SYS:HH:MM:ss.l' };
  return start(prettify({ ...keys, colorize: true, destination: stderr }));
}

/** Cleans what child loggers are bound to: they inherit the method, but none of pino's formatters for it. */
function redactBindings(logger: PinoLogger, clean: (value: unknown) => unknown): Logger {
  const child = logger.child as unknown as (this: PinoLogger, bindings: object) => PinoLogger;
  return Object.assign(logger, {
    child(this: PinoLogger, bindings: Record<string, unknown>) {
      return child.call(this, clean(bindings) as object);
    },
  }) as Logger;
}

/**
 * Writes the lines of some milliseconds at once: a write for each line is a fifth of what a request costs. pino flushes
 * what is left when the process exits; only kill -9 can lose the newest lines.
 */
function inBatches(stream: { write(line: string): unknown; flush(): void; destroyed?: boolean }): { write(line: string): void } {
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (stream.destroyed !== true) stream.flush();
  };
  return {
    write: (line) => {
      stream.write(line);
      timer ??= setTimeout(flush, BATCH_MS).unref();
    },
  };
}

/** Logs nothing, and loads nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};

/** Headers as they may be shown: secrets replaced, repeated ones joined. */
export function redactHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(', ') : value;
    const kind = kindOf(name);
    shown[name] = kind === 'secret' ? REDACTED : kind === 'session' ? shortSession(text) : redactText(text);
  }
  return shown;
}

/** A URL as it may be shown: the password, and parameters whose names say that they are secret, replaced. */
export function redactUrl(url: string): string {
  return redactText(url);
}

/** A session id as it may be shown. What stands before a dot is the node, the same for many sessions. */
export function shortSession(id: string): string {
  const own = id.slice(id.lastIndexOf('.') + 1);
  return own.length > SESSION_CHARACTERS ? `${own.slice(0, SESSION_CHARACTERS)}…` : own;
}

const SECRET_NAME =
  /authorization|cookie|token|passw(?:or)?d|passphrase|secret|jwt|credential|assertion|codeverifier|signature|(?:api|auth|access|private|shared|subscription|functions)key|^x?(?:code|auth|pass|pwd|key)$/;

const SESSION_NAME = /^(?:mcp)?sessionid$/;

/** Names of fields and what they were found to be; most names come again with every line. */
const kinds = new Map<string, 'secret' | 'session' | 'plain'>();
const MAX_KINDS = 1_000;

function kindOf(name: string): 'secret' | 'session' | 'plain' {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const letters = name.toLowerCase().replace(/[-_\s.]/g, '');
  const kind = SECRET_NAME.test(letters) ? 'secret' : SESSION_NAME.test(letters) ? 'session' : 'plain';
  if (kinds.size < MAX_KINDS) kinds.set(name, kind);
  return kind;
}

const SECRET_IN_TEXT: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  // redis://user:password@host; the user name stays. A password may hold an @ of its own.
  [/(\/\/[^\s:@/]{0,256}):[^\s/]{1,1024}@/g, `$1:${REDACTED}@`],
  [
    /\b([\w.-]{0,40}(?:token|secret|passw(?:or)?d|api[-_]?key|jwt|assertion|code_verifier|authorization|cookie)|code|key|auth|pwd)(["']?\s*[=:]\s*["']?)(?!\s)(?:(?:Bearer|Basic) )?[^\s"'&,;}#]+/gi,
    `$1$2${REDACTED}`,
  ],
  // A JSON Web Token, wherever it stands.
  [/\beyJ[\w-]{6,}\.[\w-]*(?:\.[\w-]*)?/g, REDACTED],
];

/** Most texts hold nothing that could be a secret, and this tells so at the cost of one look. */
const SUSPICIOUS = /[=:@]|bearer|basic|dpop|eyJ/i;

/** A text without the secrets that can be told by their form. Cut off at a bound. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  if (!SUSPICIOUS.test(bounded)) return bounded;
  return SECRET_IN_TEXT.reduce((shown, [pattern, replacement]) => shown.replace(pattern, replacement), bounded);
}

function redact(value: unknown, stacks: boolean, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[…]';
  if (value instanceof Error) return describe(value, stacks, depth);
  if (value instanceof URL) return redactUrl(value.href);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => redact(item, stacks, depth + 1));
  const shown: Record<string, unknown> = {};
  let left = MAX_ENTRIES;
  for (const name of Object.keys(value)) {
    if ((left -= 1) < 0) break;
    shown[name] = redactField(kindOf(name), (value as Record<string, unknown>)[name], stacks, depth);
  }
  return shown;
}

function redactField(kind: ReturnType<typeof kindOf>, field: unknown, stacks: boolean, depth: number): unknown {
  if (kind === 'plain' || field === undefined || field === null) return redact(field, stacks, depth + 1);
  if (kind === 'secret') return typeof field === 'number' || typeof field === 'boolean' ? field : REDACTED;
  return typeof field === 'string' ? shortSession(field) : redact(field, stacks, depth + 1);
}

/** A stack that names files, and not where on this machine they lie. */
function withoutFolders(stack: string): string {
  return stack.replace(/(?<=[\s(])(?:file:\/\/)?\/[^\s()]*\//g, '');
}

function describe(error: Error, stacks: boolean, depth: number): Record<string, unknown> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, stacks, depth + 1) }),
    ...(stacks && error.stack !== undefined ? { stack: redactText(withoutFolders(error.stack)) } : {}),
  };
}

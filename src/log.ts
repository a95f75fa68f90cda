import { format } from 'node:util';
import { manyLines } from './text/harmless.js';
import { isoTime } from './text/iso-time.js';
import { kindOfName, redactNamed, redactText, redactUrl } from './text/secrets.js';

/** Fields and a text, an error, or a text alone; values after the text are put into its places (`%s`). */
export type LogMethod = (first: object | string, ...rest: unknown[]) => void;

/** What every part of the program logs through; passed in, never imported as a singleton. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  child(bindings: Record<string, unknown>): Logger;
  /** As pino has it; where it is false, what costs something to put together is not. */
  isLevelEnabled?(level: LogLabel): boolean;
}

export type LogLabel = 'debug' | 'info' | 'warn' | 'error';
export type LogThreshold = LogLabel | 'silent';

export interface LogOptions {
  level?: LogThreshold;
  /** For a person at a terminal, instead of one JSON object a line. */
  pretty?: boolean;
  /** Whether that has colours. */
  colours?: boolean;
  /** Takes one line a call, line end included; stderr where it is absent. */
  destination?: { write(line: string): void };
}

/** Lines are written when this much is there, or after this time. */
const BATCH_CHARACTERS = 16_000;
const BATCH_MS = 20;
/** Unwritten characters that are kept while nobody reads stderr; lines beyond are dropped. */
const MAX_UNWRITTEN = 4_000_000;
/** Bounds of what one log line may carry: what is deeper, or more, is cut off. */
const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;

/**
 * A logger that writes JSON lines with `level`, `timestamp` (ISO 8601) and `message`. Secrets are redacted wherever they
 * stand: by the name of their field, and in texts and URLs. Stacks are written at the level `debug` alone, without folders.
 */
export async function createLogger({
  level = 'info',
  pretty = false,
  colours = false,
  destination,
}: LogOptions = {}): Promise<Logger> {
  if (level === 'silent') return silentLogger;
  if (destination !== undefined) return loggerTo((line) => destination.write(line), level);
  if (!pretty) return loggerTo(inBatches(toStderr()), level);
  // A CommonJS package: in the bundle, its names are on the default alone.
  const { default: pinoPretty } = await import('pino-pretty');
  const keys = { messageKey: 'message', timestampKey: 'timestamp', translateTime: 'SYS:HH:MM:ss.l' };
  const forPeople = pinoPretty.prettyFactory({ ...keys, colorize: colours });
  const write = toStderr();
  return loggerTo((line) => write(forPeople(line)), level);
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const satisfies LogThreshold[];

/**
 * The lines are put together here: a library would go once more through what is redacted already, which takes a twentieth of a
 * small call. `bound` is what a child logger says with every line, as members of its JSON.
 */
function loggerTo(write: (line: string) => void, level: LogThreshold, bound = ''): Logger {
  const stacks = level === 'debug';
  const clean = (value: unknown) => redact(value, stacks, 0);
  const isEnabled = (label: LogLabel) => LEVELS.indexOf(label) >= LEVELS.indexOf(level);
  const method = (label: LogLabel): LogMethod => {
    if (!isEnabled(label)) return () => {};
    const line = (fields: object, [text, ...values]: readonly unknown[]) => {
      const message = values.length === 0 ? text : format(clean(text), ...values.map(clean));
      const members = membersOf(fields, stacks) + membersOf({ message }, stacks);
      write(`{"level":"${label}","timestamp":"${isoTime(Date.now())}"${bound}${members}}\n`);
    };
    return (first, ...rest) => {
      if (typeof first === 'string') line({}, [first, ...rest]);
      else if (first instanceof Error) line({ err: first }, rest.length === 0 ? [first.message] : rest);
      else line(first, rest);
    };
  };
  return {
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (bindings) => loggerTo(write, level, bound + membersOf(bindings, stacks)),
    isLevelEnabled: isEnabled,
  };
}

/** What a line says, redacted, as members of a JSON object: `,"a":1,"b":"c"`. */
function membersOf(fields: object, stacks: boolean): string {
  let members = '';
  let left = MAX_ENTRIES;
  for (const name of Object.keys(fields)) {
    if ((left -= 1) < 0) break;
    const json = jsonOf(redactField(name, (fields as Record<string, unknown>)[name], stacks, 0));
    if (json !== undefined) members += `,${jsonOf(manyLines(name))}:${json}`;
  }
  return members;
}

/** A text in which JSON has nothing to escape, as most in a log are. */
const PLAIN = /^[\w./-]*$/;

function jsonOf(value: unknown): string | undefined {
  return typeof value === 'string' && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

/**
 * Writes to stderr, and drops what can't be written: whoever read it has gone (EPIPE), or reads no more (EAGAIN), or its disk
 * is full (ENOSPC). None of this may keep a server from serving, or from ending: pino's own stream tries again for ever.
 */
function toStderr(): (text: string) => void {
  const { stderr } = process;
  stderr.on('error', () => {});
  const { _handle: handle } = stderr as { _handle?: { setBlocking?(blocking: boolean): void } };
  const pipe = stderr.isTTY ? undefined : handle;
  return (text) => {
    if (stderr.writableLength + text.length > MAX_UNWRITTEN) return;
    // Other processes have the same pipe, and one that starts makes it blocking for all: a write to a full one would not return.
    pipe?.setBlocking?.(false);
    stderr.write(text);
  };
}

/**
 * Writes the lines of some milliseconds at once: a write for each line is a fifth of what a request costs. What is left when the
 * process exits is tried once; only kill -9 can lose the newest lines of a log that is read.
 */
function inBatches(write: (text: string) => void): (line: string) => void {
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = lines;
    lines = '';
    if (text !== '') write(text);
  };
  process.on('exit', flush);
  return (line) => {
    lines += line;
    if (lines.length >= BATCH_CHARACTERS) flush();
    else timer ??= setTimeout(flush, BATCH_MS).unref();
  };
}

/** Logs nothing, and loads nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
  isLevelEnabled: () => false,
};

function redact(value: unknown, stacks: boolean, depth: number): unknown {
  if (typeof value === 'string') return textOf(value);
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
    shown[manyLines(name)] = redactField(name, (value as Record<string, unknown>)[name], stacks, depth);
  }
  return shown;
}

function redactField(name: string, field: unknown, stacks: boolean, depth: number): unknown {
  const kind = kindOfName(name);
  if (kind === 'plain' || field === undefined || field === null) return redact(field, stacks, depth + 1);
  if (kind === 'secret') return typeof field === 'number' || typeof field === 'boolean' ? field : redactNamed(name, '');
  return typeof field === 'string' ? redactNamed(name, manyLines(field)) : redact(field, stacks, depth + 1);
}

/** JSON escapes some control characters and not all; pino-pretty writes them as they are. */
function textOf(text: string): string {
  return redactText(manyLines(text));
}

/** The stack of an error, for a line that has it at every level; undefined where it has none. */
export function stackOf(error: unknown): string | undefined {
  return error instanceof Error && error.stack !== undefined ? textOf(withoutFolders(error.stack)) : undefined;
}

/** A stack that names files, and not where on this machine they lie. */
function withoutFolders(stack: string): string {
  return stack.replace(/(?<=[\s(])(?:file:\/\/)?\/[^\s()]*\//g, '');
}

function describe(error: Error, stacks: boolean, depth: number): Record<string, unknown> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: textOf(String(error.name)),
    message: textOf(error.message),
    ...(typeof code === 'string' ? { code: textOf(code) } : typeof code === 'number' ? { code } : {}),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, stacks, depth + 1) }),
    ...(stacks && error.stack !== undefined ? { stack: stackOf(error) } : {}),
  };
}

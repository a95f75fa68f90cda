import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log.js';
import { readLines, TOO_LONG } from '../net/lines.js';
import type { RpcMessage } from '../rpc/messages.js';
import { RPC, RpcError, errorAnswer } from '../rpc/errors.js';
import { idOf, isObject, parseJson, readMessages } from '../rpc/messages.js';
import { quote } from '../text/harmless.js';
import type { ChildCommand } from './command.js';
import { nameOf } from './command.js';
import type { Line } from './line.js';
import { ServerEndedError } from './line.js';
import { StderrLog } from './stderr.js';
import type { Watchdog } from './watchdog.js';

/** Characters of one line of stdout. */
const LINE_LIMIT = 10_000_000;
/** Lines that are no message before a child is ended for them, with no message between. */
const RUBBISH_LIMIT = 1_000;
/** Bytes that may wait for a child which does not read its stdin. */
const UNREAD_LIMIT = 16_000_000;
/** How long a child that is ended may take with its stdin closed, and then after SIGTERM, ms; how often it is looked at. */
const AFTER_STDIN_MS = 1_000;
const AFTER_TERM_MS = 1_000;
const LOOK_MS = 25;
/** How long what a process wrote before it exited is still read, where others hold its stdout open, ms. */
const LAST_WORDS_MS = 250;

export interface ProcessAround {
  readonly logger: Logger;
  readonly watchdog: Watchdog;
}

/** A child process: a message a line on its stdin and stdout, its stderr in the log, in a process group of its own. */
export class ChildProcess implements Line {
  readonly name: string;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly stderr: StderrLog;
  private readonly logger: Logger;
  private unsent = '';
  private rubbish = 0;
  /** What of stdout was no message last. */
  private unread = '';
  private why: ServerEndedError | undefined;
  private ending: Promise<void> | undefined;
  private exited = false;

  constructor(
    command: ChildCommand,
    private readonly around: ProcessAround,
  ) {
    this.name = nameOf(command);
    const isWindows = process.platform === 'win32';
    // Only a shell finds what is not an .exe there, such as npx.
    const child = spawn(command.command, command.args, {
      env: { ...command.env },
      detached: !isWindows,
      shell: isWindows,
      windowsHide: true,
    });
    this.child = child;
    this.logger = around.logger.child({ child: this.name, ...(child.pid !== undefined && { pid: child.pid }) });
    this.stderr = new StderrLog(this.logger);
    if (child.pid !== undefined) around.watchdog.watch(child.pid);
    // Told by its exit.
    child.stdin.on('error', () => undefined);
    void this.stderr.read(child.stderr);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  send(message: RpcMessage): void {
    const { stdin } = this.child;
    if (this.why || !stdin.writable) throw this.why ?? new ServerEndedError(`The server ${this.name} has ended`);
    if (stdin.writableLength + this.unsent.length > UNREAD_LIMIT)
      throw new ServerEndedError(`The server ${this.name} does not read what it is sent`);
    // What one turn of the event loop brings goes out with one write: each costs a quarter of a small call.
    if (this.unsent === '') setImmediate(() => this.flush());
    this.unsent += `${JSON.stringify(message)}\n`;
  }

  private flush(): void {
    const { unsent } = this;
    this.unsent = '';
    if (unsent !== '' && this.child.stdin.writable) this.child.stdin.write(unsent);
  }

  listen(hear: (message: RpcMessage) => Promise<void> | void, ended: (why: ServerEndedError) => void): void {
    const { child } = this;
    const end = (how: string) => {
      if (this.why) return;
      this.why = new ServerEndedError(`The server ${this.name} ${how}${this.lastWords()}`);
      this.logger.info({}, `a child ${how}`);
      void this.end();
      ended(this.why);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      this.exited = true;
      end(
        error.code === 'ENOENT' ? 'was not found: there is no such command' : `could not be started: ${error.message}`,
      );
    });
    const reading = this.read(hear, end);
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.once('exit', (code, signal) => {
      this.exited = true;
      void Promise.race([Promise.all([reading, closed]), delay(LAST_WORDS_MS)]).then(() =>
        end(signal === null ? `has ended with exit code ${code}` : `was ended by ${signal}`),
      );
    });
  }

  /** Ends it at once, and says why. */
  kill(how: string): void {
    this.unread = how;
    this.signal('SIGKILL');
  }

  end(): Promise<void> {
    this.ending ??= this.endGroup();
    return this.ending;
  }

  private async read(hear: (message: RpcMessage) => Promise<void> | void, end: (how: string) => void): Promise<void> {
    try {
      for await (const line of readLines(this.child.stdout, LINE_LIMIT)) {
        const messages = this.messagesOf(line);
        if (messages) for (const message of messages) await hear(message);
        else if (this.rubbish >= RUBBISH_LIMIT) return end(`wrote ${RUBBISH_LIMIT} lines that are not MCP messages`);
      }
    } catch (error) {
      // Its stdout was closed by whoever ends it.
      this.logger.debug({ err: error }, 'the stdout of a child could not be read');
    }
  }

  /** The messages of one line; undefined where it holds none. An answer that can't be read ends its call all the same. */
  private messagesOf(line: string | typeof TOO_LONG): RpcMessage[] | undefined {
    let body: unknown;
    try {
      if (line === TOO_LONG) throw new Error(`a line of more than ${LINE_LIMIT} characters`);
      body = parseJson(line);
      const { messages } = readMessages(body);
      this.rubbish = 0;
      return messages;
    } catch (error) {
      const shown = line === TOO_LONG ? (error as Error).message : quote(line);
      if (this.rubbish === 0) {
        this.unread = `it wrote to stdout: ${shown}`;
        this.logger.warn({}, `a child wrote something to stdout that is not an MCP message: ${shown}`);
      }
      this.rubbish += 1;
      const id = isObject(body) && !('method' in body) ? idOf(body) : null;
      if (id === null || !(error instanceof RpcError)) return undefined;
      const message = `The server's answer is not one of JSON-RPC: ${error.message}`;
      return [errorAnswer(id, { code: RPC.internalError, message }) as RpcMessage];
    }
  }

  /** What of it tells most about its end. */
  private lastWords(): string {
    const words = this.stderr.last || this.unread;
    return words === '' ? '' : `: ${words}`;
  }

  /** What it had to say so far, for an error about its silence; empty where it was nothing. */
  get said(): string {
    return this.unread || this.stderr.last;
  }

  private async endGroup(): Promise<void> {
    const { child } = this;
    this.flush();
    child.stdin.end();
    if (child.pid !== undefined) {
      if (!this.exited) await this.gone(AFTER_STDIN_MS);
      if (this.isAlive()) this.signal('SIGTERM');
      if (!(await this.gone(AFTER_TERM_MS))) this.signal('SIGKILL');
      await this.gone(AFTER_TERM_MS);
      this.around.watchdog.forget(child.pid);
    }
    child.stdout.destroy();
    child.stderr.destroy();
  }

  /** Whether nothing of its group is left within this time. */
  private async gone(ms: number): Promise<boolean> {
    const end = performance.now() + ms;
    while (this.isAlive()) {
      if (performance.now() > end) return false;
      await delay(LOOK_MS);
    }
    return true;
  }

  private isAlive(): boolean {
    return this.signal(0);
  }

  /** To all of its group; false where there is none any more. */
  private signal(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.child;
    if (pid === undefined) return false;
    try {
      if (process.platform === 'win32') return this.exited ? false : this.child.kill(signal);
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }
}

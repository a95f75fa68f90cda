import type { Command } from 'commander';
import { listen } from '../../../../client/calls.js';
import type { Watch } from '../../../../client/calls.js';
import { describeServer } from '../../../../client/connection.js';
import type { Connection } from '../../../../client/connection.js';
import type { Target } from '../../../../client/target.js';
import { quote, oneLine } from '../../../../text/harmless.js';
import { CliError, QuietExit } from '../../../errors.js';
import { ExitCode } from '../../../exit-codes.js';
import type { Output } from '../../../output.js';
import { connectedVerb, openerFor, requireOperands } from '../connected.js';
import type { ConnectedVerb, Opener } from '../connected.js';
import { ProgressBar } from '../progress-bar.js';
import type { ChangeListener, ClientRun } from '../run.js';
import { timeoutFrom } from '../target.js';
import type { ClientFlags } from '../verb.js';
import { COMPLETION_MS } from './completer.js';
import type { Lines } from './prompt.js';
import { proposalsFor } from './proposals.js';
import type { Proposal } from './proposals.js';
import { adoptVerb, flagsOfLine, helpLines } from './verbs.js';
import { wordsOf } from './words.js';

interface SessionOptions {
  readonly flags: ClientFlags;
  readonly output: Output;
  readonly target: Target;
  readonly lines: Lines;
  /** The commands beside the shell: those that work on a connection are its verbs. */
  readonly siblings: readonly Command[];
}

const BUILTINS = ['help', 'stop', 'exit'] as const;
/** How long a verb that was cancelled may take to end, ms, before the prompt is there again. */
const ENDING_MS = 1_000;

/** One connection, and the lines that are run on it. */
export class Session {
  private readonly verbs: ReadonlyMap<string, Command>;
  private readonly bar: ProgressBar;
  private readonly output: Output;
  /** The answers that the current line has for questions are put here while it runs. */
  private readonly flags: ClientFlags;
  /** Those of running verbs, by the signal that ends them. */
  private readonly listeners = new Map<AbortSignal, ChangeListener>();
  private connection: Connection | undefined;
  private opener: Opener | undefined;
  /** Of the modern era, where a server tells of its lists only who listens. */
  private listening: Promise<Watch | undefined> | undefined;
  private current: AbortController | undefined;
  private background: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(private readonly options: SessionOptions) {
    const { flags, lines, output, siblings } = options;
    this.flags = { ...flags };
    this.bar = new ProgressBar(output);
    const past = (write: () => void): void => {
      this.bar.hide();
      lines.above(write);
    };
    this.output = {
      ...output,
      print: (line) => past(() => output.print(line)),
      printJson: (value) => past(() => output.printJson(value)),
      note: (line) => past(() => output.note(line)),
    };
    const verbs = siblings.filter((command) => connectedVerb(command) !== undefined);
    for (const verb of verbs) adoptVerb(verb, this.output);
    this.verbs = new Map(verbs.map((verb) => [verb.name(), verb]));
  }

  readonly say = (line: string): void => this.output.note(line);

  /** Opens the connection, where there is none. */
  async connect(): Promise<Connection> {
    if (this.connection !== undefined) return this.connection;
    const { target, lines } = this.options;
    const controller = (this.current ??= new AbortController());
    const { signal } = controller;
    try {
      const { output, say, flags } = this;
      this.opener ??= await openerFor({ flags, output, target, say, asker: lines.asker, signal }, (method, params) =>
        this.tell(method, params),
      );
      const opened = await this.opener({ signal });
      this.connection = opened;
      // Over Streamable HTTP each request finds for itself whether somebody is there.
      if (opened.transport !== 'streamable-http') void opened.closed.then(() => this.lose(opened));
      this.listenAlong();
      return opened;
    } finally {
      if (this.current === controller) this.current = undefined;
    }
  }

  greet(): void {
    if (this.connection === undefined) return;
    const { server, protocolVersion } = describeServer(this.connection);
    const { dim, bold } = this.output.noteColours;
    this.say(
      `${bold(quote(server?.title ?? server?.name ?? 'a nameless server', 40))} ${dim(quote(`${server?.version ?? ''}, protocol ${protocolVersion}`))}`,
    );
    this.say(dim('Tab completes, help helps, exit ends.'));
  }

  /** Runs one line. Resolves to true where it was the last; rejects where it failed. */
  async run(line: string): Promise<boolean> {
    if (/^\s*(#|$)/.test(line)) return false;
    const [name = '', ...rest] = wordsOf(line);
    if (name === 'exit' || name === 'quit') return true;
    if (name === 'help') return this.help(rest);
    if (name === 'stop') return this.stop();
    const verb = this.verbs.get(name);
    const connected = verb && connectedVerb(verb);
    if (verb === undefined || connected === undefined)
      throw new CliError(`"${quote(name)}" is not a verb of the shell`, { hint: 'Type help to see which there are.' });
    const isBehind = rest.at(-1) === '&';
    if (isBehind && name !== 'watch') throw new CliError('Only watch can go on behind the prompt (&)');
    await verb.parseAsync(isBehind ? rest.slice(0, -1) : rest, { from: 'user' });
    requireOperands(verb, connected.operands, verb.args, { usage: '', help: `Type "help ${name}" for examples.` });
    const flags = { ...connected.defaults, ...this.options.flags, ...flagsOfLine(verb) };
    await (isBehind ? this.actBehind(verb, connected, flags) : this.actNow(verb, connected, flags));
    return false;
  }

  /** Ctrl-C: cancels what runs, and nothing more. */
  interrupt(): void {
    if (this.current === undefined) this.say('Type exit, or Ctrl-D, to leave.');
    else this.current.abort();
  }

  async propose(words: readonly string[], word: string): Promise<Proposal[]> {
    const connection = await this.connect();
    const extras = { timeoutMs: COMPLETION_MS };
    return proposalsFor(words, word, { connection, extras, verbs: this.verbs, builtins: BUILTINS });
  }

  async close(): Promise<void> {
    this.bar.stop();
    await this.stop();
    const { connection } = this;
    this.connection = undefined;
    await connection?.close();
  }

  private async actNow(verb: Command, connected: ConnectedVerb, flags: ClientFlags): Promise<void> {
    const { output, target } = { ...this.options, output: this.output };
    if (flags.curl) {
      const { printCurl } = await import('../print-curl.js');
      return printCurl({ flags, output, target, operands: verb.args, act: connected.act });
    }
    await this.connect();
    const controller = (this.current = new AbortController());
    Object.assign(this.flags, { accept: flags.accept, decline: flags.decline, sample: flags.sample });
    try {
      await orAbandoned(connected.act(await this.runOf(verb, flags, controller.signal)), controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      this.say('Cancelled.');
      throw new QuietExit(ExitCode.interrupted);
    } finally {
      const { accept, decline, sample } = this.options.flags;
      Object.assign(this.flags, { accept, decline, sample });
      this.listeners.delete(controller.signal);
      this.bar.hide();
      this.current = undefined;
      this.listenAlong();
    }
  }

  /** Watches on while other lines are typed. One at a time: a new one takes the place of the one before. */
  private async actBehind(verb: Command, connected: ConnectedVerb, flags: ClientFlags): Promise<void> {
    await this.stop();
    const controller = new AbortController();
    const run = await this.runOf(verb, flags, controller.signal);
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    // It says so when it watches: what the next line changes is seen.
    const say = (line: string): void => {
      this.say(line);
      begin();
    };
    const ended = connected
      .act({ ...run, say })
      .catch((error: unknown) => this.say(`The watch has ended: ${oneLine((error as Error).message)}`))
      .finally(() => {
        this.listeners.delete(controller.signal);
        this.listenAlong();
      });
    this.background = { controller, ended };
    await Promise.race([begun, ended]);
  }

  private async runOf(verb: Command, flags: ClientFlags, signal: AbortSignal): Promise<ClientRun> {
    const { lines } = this.options;
    const connection = await this.connect();
    const { opener } = this;
    if (opener === undefined) throw new CliError('There is no connection');
    return {
      connection,
      lookup: connection,
      open: opener,
      flags,
      output: this.output,
      operands: [...verb.args],
      signal,
      asker: lines.asker && {
        ask: (question, given) =>
          lines.asker?.ask(question, AbortSignal.any([given, signal])) ?? Promise.reject(signal.reason as Error),
      },
      changes: { listen: (listener) => this.hear(signal, listener) },
      say: this.say,
      goesOn: true,
      extras: {
        signal,
        timeoutMs: timeoutFrom(flags),
        onProgress: (progress) => {
          if (lines.isFree) this.bar.update(progress);
        },
      },
    };
  }

  private help([name]: readonly string[]): false {
    const verb = name === undefined ? undefined : this.verbs.get(name);
    if (name !== undefined && verb === undefined) throw new CliError(`"${quote(name)}" is not a verb of the shell`);
    if (verb !== undefined) verb.outputHelp();
    else for (const line of helpLines([...this.verbs.values()], this.output)) this.output.print(line);
    return false;
  }

  private async stop(): Promise<false> {
    const { background } = this;
    this.background = undefined;
    background?.controller.abort();
    await background?.ended;
    return false;
  }

  private lose(connection: Connection): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.listening = undefined;
    void connection.close();
    this.say(`${this.output.noteColours.yellow('note')} The connection is lost; the next line reconnects.`);
  }

  /** A verb that listens has its own way to be told of changes. */
  private hear(signal: AbortSignal, listener: ChangeListener): void {
    this.listeners.set(signal, listener);
    const { listening } = this;
    this.listening = undefined;
    void listening?.then((watch) => watch?.close()).catch(() => undefined);
  }

  private tell(method: string, params: Readonly<Record<string, unknown>>): void {
    const listener = [...this.listeners.values()].at(-1);
    if (listener !== undefined) return listener(method, params);
    const about = typeof params.uri === 'string' ? ` ${params.uri}` : '';
    this.say(this.output.noteColours.dim(oneLine(`${method.replace(/^notifications\//, '')}${about}`)));
  }

  /** Asks a server of the modern era to tell of its lists, as one of the legacy era does by itself. */
  private listenAlong(): void {
    const { connection } = this;
    if (connection?.era !== 'modern' || this.listening !== undefined || this.listeners.size > 0) return;
    const { tools, prompts, resources } = connection.client.getServerCapabilities() ?? {};
    if (!tools?.listChanged && !prompts?.listChanged && !resources?.listChanged) return;
    const listening = listen(connection, [], { timeoutMs: COMPLETION_MS }).catch(() => undefined);
    this.listening = listening;
    // A stream that broke is asked for again after the next line; one that was refused is not.
    void listening.then((watch) =>
      watch?.ended.then(() => this.listening === listening && (this.listening = undefined)),
    );
  }
}

/** What the act comes to; where it does not end soon after it was cancelled, it is no longer waited for. */
async function orAbandoned(acting: Promise<void>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const abandoned = new Promise<void>((_resolve, reject) => {
    signal.addEventListener('abort', () => (timer = setTimeout(() => reject(new CliError('Cancelled')), ENDING_MS)), {
      once: true,
    });
  });
  try {
    await Promise.race([acting, abandoned]);
  } finally {
    clearTimeout(timer);
  }
}

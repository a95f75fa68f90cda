import type { Command } from 'commander';
import type { Connection } from '../../../client/connection.js';
import type { ConnectOptions } from '../../../client/link.js';
import type { HttpRequest } from '../../../client/http-request.js';
import type { Target } from '../../../client/target.js';
import { oneLine } from '../../../text/harmless.js';
import { CliError, QuietExit } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { createOutput, startSpinner } from '../../output.js';
import type { Output, Spinner } from '../../output.js';
import { canAsk, terminal } from './ask.js';
import { terminalCallbacks } from './callbacks.js';
import { onInterrupt } from './interrupt.js';
import { ProgressBar } from './progress-bar.js';
import type { Act, ChangeListener, Changes, ClientRun } from './run.js';
import { REQUEST_TIMEOUT_WITH_SIGN_IN_MS, authorizeFrom } from './sign-in.js';
import { connectTimeoutFrom, rootsFrom, targetFrom, timeoutFrom } from './target.js';
import { asCliError, splitWords } from './verb.js';
import type { ClientFlags } from './verb.js';

/** How many operands a verb takes. */
export interface Operands {
  readonly least?: number;
  readonly most: number;
  /** As the help names them. */
  readonly usage: string;
}

/** Connecting takes at least this long before a spinner is worth its while, ms. */
const SPINNER_AFTER_MS = 250;

/** A verb that works on a connection, apart from how that is opened. */
export interface ConnectedVerb {
  readonly operands: Operands;
  readonly act: Act;
  readonly defaults: Partial<ClientFlags>;
  readonly around?: Around;
}

/** What a verb does beside its connection. */
export interface Around {
  /** Before one is opened: what is wrong with the flags is said at once. */
  before?(flags: ClientFlags): Promise<unknown>;
  /** After anything went wrong, also before there was a connection. */
  failed?(error: unknown, flags: ClientFlags): Promise<void>;
}

const verbs = new WeakMap<Command, ConnectedVerb>();

/** What {@link actConnected} was given for a verb: the shell does the same on its own connection. */
export function connectedVerb(verb: Command): ConnectedVerb | undefined {
  return verbs.get(verb);
}

/** Gives a verb its action: connects, acts, and closes, whatever happens. With `--curl` the requests are printed instead. */
export function actConnected(
  verb: Command,
  operands: Operands,
  act: Act,
  defaults: Partial<ClientFlags> = {},
  around?: Around,
): Command {
  const connected: ConnectedVerb = { operands, act, defaults, around };
  verbs.set(verb, connected);
  return verb
    .usage(`${operands.usage === '' ? '' : `${operands.usage} `}[options] [-- command…]`)
    .allowExcessArguments(true)
    .action(() => runVerb(verb, connected));
}

/** Refuses too few operands of a verb, and too many; `words` are what stands before its name. */
export function requireOperands(
  verb: Command,
  { least = 0, most, usage }: Operands,
  { length }: readonly string[],
  words: { readonly usage: string; readonly help: string },
): void {
  if (length < least || length > most)
    throw new CliError(`Usage: ${words.usage}${verb.name()} ${usage}`.trimEnd(), { hint: words.help });
}

async function runVerb(verb: Command, connected: ConnectedVerb): Promise<void> {
  const flags = { ...connected.defaults, ...verb.opts<ClientFlags>() };
  const output = createOutput();
  try {
    await runWith(flags, output, verb, connected);
  } catch (thrown) {
    const error = asCliError(thrown);
    await connected.around?.failed?.(error, flags);
    if (flags.json && !(error instanceof QuietExit)) {
      const { failureAsJson } = await import('./failure-json.js');
      output.printJson(failureAsJson(error));
    }
    throw error;
  }
}

async function runWith(
  flags: ClientFlags,
  output: Output,
  verb: Command,
  { operands: allowed, act, around }: ConnectedVerb,
): Promise<void> {
  const { operands, server } = splitWords(verb);
  requireOperands(verb, allowed, operands, {
    usage: 'mcp-calc client ',
    help: `Run "mcp-calc client ${verb.name()} --help" for examples.`,
  });
  await around?.before?.(flags);
  const target = await targetFrom(flags, server, output.note);
  if (flags.session !== undefined && target.kind === 'stdio')
    throw new CliError('Only a server at an address has sessions that others can use: --session needs --url');
  if (flags.curl) {
    const { printCurl } = await import('./print-curl.js');
    return printCurl({ flags, output, target, operands, act });
  }
  if (flags.curlAlso && target.kind === 'stdio')
    throw new CliError('There are no HTTP requests over stdio: --curl-also needs --url');
  await withConnection({ flags, output, target, operands }, act);
}

/** Opens connections to one server in the same way, each time anew. */
export type Opener = (options?: Pick<ConnectOptions, 'callbacks' | 'signal'>) => Promise<Connection>;

/** What the flags say of how to connect. Notifications of changes go to `onChange`. */
export async function openerFor(
  {
    flags,
    output,
    target,
    say,
    asker,
    signal,
  }: Pick<ClientRun, 'flags' | 'output' | 'say' | 'asker' | 'signal'> & {
    target: Target;
  },
  onChange: ChangeListener,
): Promise<Opener> {
  const [{ connect }, { renderCurl }] = await Promise.all([
    import('../../../client/connect.js'),
    import('../../../client/curl.js'),
  ]);
  const authorize = await authorizeFrom(flags, target, { say, signal });
  const options: ConnectOptions = {
    callbacks: {
      ...terminalCallbacks(flags, output, { say, asker }, (request: HttpRequest) =>
        renderCurl(request, { secrets: flags.secrets === true }),
      ),
      onChange,
    },
    signal,
    // Sessions are of that era alone.
    era: flags.era ?? (flags.keepSession || flags.session !== undefined ? 'legacy' : undefined),
    session: flags.session,
    roots: rootsFrom(flags),
    keepSession: flags.keepSession === true,
    timeoutMs: timeoutFrom(flags),
    connectTimeoutMs: connectTimeoutFrom(flags),
    authorize,
    handshakeTimeoutMs: authorize && canAsk() ? REQUEST_TIMEOUT_WITH_SIGN_IN_MS : undefined,
  };
  return (more) => connect(target, { ...options, ...more });
}

/** Connects, acts and closes. */
export async function withConnection(
  of: Pick<ClientRun, 'flags' | 'output' | 'operands'> & { target: Target },
  act: Act,
): Promise<void> {
  const { output } = of;
  const bar = new ProgressBar(output);
  const interrupt = onInterrupt();
  const asker = canAsk()
    ? {
        ask: (prompt: string, signal: AbortSignal) => {
          bar.rest();
          return terminal.ask(prompt, signal);
        },
      }
    : undefined;
  let spinner: Spinner | undefined;
  const say = (line: string): void => {
    spinner?.stop();
    bar.hide();
    output.note(line);
  };
  const slow = setTimeout(() => {
    void startSpinner(output, 'Connecting').then((started) => {
      if (spinning) spinner = started;
      else started.stop();
    });
  }, SPINNER_AFTER_MS);
  let spinning = true;
  const connected = (): void => {
    spinning = false;
    clearTimeout(slow);
    spinner?.stop();
    spinner = undefined;
  };
  let connection: Connection | undefined;
  let onChange: ChangeListener = () => undefined;
  const changes: Changes = { listen: (listener) => void (onChange = listener) };
  try {
    const { signal } = interrupt;
    const open = await openerFor({ ...of, say, asker, signal }, (method, params) => onChange(method, params));
    connection = await open();
    connected();
    const { sessionId } = connection;
    if (of.flags.keepSession && sessionId !== undefined)
      say(`The session stays: go on in it with --session ${oneLine(sessionId)}`);
    await act({
      ...of,
      output: pastTheBar(output, bar),
      connection,
      lookup: connection,
      open,
      changes,
      signal,
      asker,
      say,
      extras: { signal, onProgress: (progress) => bar.update(progress) },
      waits: () => {
        if (!of.flags.json) bar.wait();
      },
    });
  } catch (error) {
    if (!interrupt.signal.aborted || error instanceof QuietExit) throw error;
    bar.stop();
    output.note('Cancelled.');
    throw new QuietExit(ExitCode.interrupted);
  } finally {
    connected();
    bar.stop();
    await connection?.close();
    interrupt.release();
  }
}

/** The result goes to stdout and the bar to stderr, but both may be the same terminal. */
function pastTheBar(output: Output, bar: ProgressBar): Output {
  return {
    ...output,
    print: (line) => {
      bar.rest();
      output.print(line);
    },
    printJson: (value) => {
      bar.rest();
      output.printJson(value);
    },
  };
}

import { Command, Option } from 'commander';
import { wordsAfterDashes } from '../../words.js';
import { CliError } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { withAfterword, withExamples } from '../../help.js';
import type { Example } from '../../help.js';
import { catchWarnings } from './library-warnings.js';
import { SIGN_IN_OPTIONS, collect, optionOf } from './sign-in-options.js';
import type { OptionRow } from './sign-in-options.js';

/** The flags that every verb of the client has. */
export interface ClientFlags {
  url?: string;
  transport?: 'auto' | 'http' | 'sse';
  era?: 'auto' | 'legacy' | 'modern';
  config?: string;
  server?: string;
  yes?: true;
  header?: string[];
  token?: string;
  tokenEnv?: string;
  timeout?: string;
  connectTimeout?: string;
  json?: true;
  verbose?: true;
  trace?: true;
  curl?: true;
  curlAlso?: true;
  secrets?: true;
  keepSession?: true;
  session?: string;
  root?: string[];
  accept?: string | true;
  /** Makes up what a form requires and `accept` leaves out. No flag: a verb that answers for nobody sets it. */
  samples?: true;
  decline?: true;
  sample?: string;
  browser: boolean;
  headless?: true;
  clientId?: string;
  clientSecret?: string;
  clientCredentials?: true;
  clientKey?: string;
  clientKeyAlgorithm?: string;
  idTokenEnv?: string;
  idTokenFile?: string;
  idp?: string;
  idpClientId?: string;
  workloadJwtEnv?: string;
  workloadJwtFile?: string;
  clientMetadataUrl?: string;
  issuer?: string;
  scope?: string;
  redirectPort?: string;
}

const OPTIONS: readonly OptionRow[] = [
  ['Server', '--url <url>', 'the address of the server: Streamable HTTP, or legacy SSE where it knows no other'],
  ['Server', '--server <name>', 'a server by its name in a configuration file, or a module, such as ./mine.js'],
  ['Server', '--config <file>', 'the configuration file (default: those of the usual hosts)'],
  ['Server', '--yes', 'agree beforehand: to a server that a file of the project names, to a load on another machine'],
  ['Server', '--header <line>', 'a header for every request, such as "X-Tenant: a"; repeatable', collect],
  ['Server', '--timeout <seconds>', 'how long one request may take (default: 60)'],
  [
    'Server',
    '--connect-timeout <time>',
    'try for so long to connect, such as 30s, while a server starts (default: once)',
  ],
  ['Server', '--root <folder>', 'a folder that the server may know of; repeatable', collect],
  ['Server', '--keep-session', "don't end the session at the server when done, and print its id"],
  ['Server', '--session <id>', 'use a session that another client has opened'],
  [
    'Questions of the server',
    '--accept [json]',
    'accept every form with these values; what they leave out takes its default',
  ],
  ['Questions of the server', '--decline', 'decline every form'],
  ['Questions of the server', '--sample <text>', 'answer for the model with this text'],
  ...SIGN_IN_OPTIONS,
  ['Output', '--json', 'print the result as JSON'],
  ['Output', '--curl', 'print curl lines for a shell instead of sending the requests'],
  ['Output', '--curl-also', 'print the curl line of every request to stderr, and send it'],
  ['Output', '--secrets', 'print secrets in curl lines as they are, not as shell variables'],
  [
    'Output',
    '--trace',
    'print all that goes over the wire to stderr: messages, and over HTTP requests, headers, ids of events, times',
  ],
  ['Output', '--verbose', 'print what a stdio server writes to stderr, and what libraries warn of'],
];

/** A verb of the client: its own arguments and flags come from the caller, the common flags from here. */
export function clientVerb(name: string, summary: string, examples: readonly Example[]): Command {
  const verb = new Command(name).summary(summary).description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
  verb.addOption(
    new Option('--transport <name>', 'auto, http or sse').choices(['auto', 'http', 'sse']).helpGroup('Server:'),
  );
  verb.addOption(
    new Option('--era <era>', 'which protocol to speak: auto (over HTTP the default), legacy (over stdio), modern')
      .choices(['auto', 'legacy', 'modern'])
      .helpGroup('Server:'),
  );
  for (const row of OPTIONS) verb.addOption(optionOf(row));
  // The shell shows no flags of a server, which it has by then.
  const namesServer = (): boolean =>
    verb
      .createHelp()
      .visibleOptions(verb)
      .some(({ long }) => long === '--url');
  withAfterword(verb, () =>
    namesServer()
      ? 'Without --url and --server, the words after -- are a command to start and speak to over stdio; without them, mcp-calc starts a server of its own.'
      : '',
  );
  verb.hook('preAction', () => {
    const { trace, verbose } = verb.opts<ClientFlags>();
    catchWarnings(trace || verbose ? (line) => void process.stderr.write(`${line}\n`) : undefined);
  });
  return withExamples(verb, examples);
}

/** The operands of a verb, and the command of a stdio server after `--`. */
export interface Words {
  readonly operands: readonly string[];
  readonly server: readonly string[];
}

export function splitWords(verb: Command): Words {
  const { operands, rest: server } = wordsAfterDashes(verb);
  return { operands, server };
}

/** `key=value` words as strings: the arguments of prompts and the variables of templates have no other type. */
export function stringPairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new CliError(`"${word}" is not an argument`, { hint: 'Write arguments as key=value.' });
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

const EXIT_CODES = {
  unreachable: ExitCode.unreachable,
  authentication: ExitCode.authentication,
  answer: ExitCode.errorAnswer,
  usage: ExitCode.failure,
  cancelled: ExitCode.interrupted,
} as const;

/** The client's failure as the command line tells it. The class of the error would load the client library. */
export function asCliError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'CLIENT' && 'reason' in error)) return error;
  const { reason, hint } = error as Error & { reason: keyof typeof EXIT_CODES; hint?: string };
  return new CliError(error.message, { exitCode: EXIT_CODES[reason], cause: error, hint });
}

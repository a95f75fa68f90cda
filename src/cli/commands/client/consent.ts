import type { ConfiguredServer, FoundServer } from '../../../hosts/find-server.js';
import { isLoopback } from '../../../net/loopback.js';
import { oneLine, quote } from '../../../text/harmless.js';
import { CliError } from '../../errors.js';
import { canAsk, terminal } from './ask.js';

/** Characters of a command or an address that are shown. */
const COMMAND_CHARACTERS = 500;

/**
 * Has a person agree to a server that a file of the project names, where it could harm them: one that hides a server of their own,
 * that is a program to be run, or that gets what their variables hold. `--yes` agrees beforehand. Throws a CliError where nobody
 * agrees.
 */
export async function requireConsent(
  name: string,
  { server, fromProject }: FoundServer,
  isAgreed: boolean,
  note: (line: string) => void,
): Promise<void> {
  if (fromProject === undefined) return;
  const { file, shadows, variables, written } = fromProject;
  const dangers = [
    ...(shadows === undefined ? [] : [`stands before your own server of that name in ${oneLine(shadows)}`]),
    ...dangersOf(server, variables, written),
  ];
  if (dangers.length === 0) return;
  note(`"${quote(name)}" of ${oneLine(file)}, a file of this project, ${dangers.join(', and ')}.`);
  if (isAgreed) return;
  if (canAsk()) {
    const answer = await terminal.ask('Go on? [y/N] ', new AbortController().signal);
    if (/^y(es)?$/i.test(answer.trim())) return;
    throw new CliError('Left alone: nothing was started or sent');
  }
  throw new CliError(`Somebody has to agree to the server "${quote(name)}" first`, {
    hint: `Look at ${oneLine(file)}, and give --yes if you trust it.`,
  });
}

function dangersOf(server: ConfiguredServer, variables: readonly string[], written: string): string[] {
  if (server.kind === 'stdio') return [`runs the command ${quote(written, COMMAND_CHARACTERS)}`];
  const isHere = URL.canParse(server.url) && isLoopback(new URL(server.url).hostname);
  return isHere || variables.length === 0
    ? []
    : [`sends ${variables.join(' and ')} of your environment to ${quote(written, COMMAND_CHARACTERS)}`];
}

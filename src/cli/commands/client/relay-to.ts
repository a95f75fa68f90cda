import { UnreadError } from '../../../server/errors.js';
import { stopSignals } from '../../../server/stop-signals.js';
import { CliError } from '../../errors.js';
import { createOutput } from '../../output.js';
import { catchWarnings } from './library-warnings.js';
import { authorizeFrom } from './sign-in.js';
import { targetFrom } from './target.js';
import { asCliError } from './verb.js';
import type { ClientFlags } from './verb.js';

/** Those of `stdio` that lead to a server elsewhere; `server` is a module there. */
export type RelayFlags = Omit<ClientFlags, 'server'> & { readonly server?: string };

/** Stands between a host, which has started this process, and the server at `--url`. */
export async function relayTo({ server, ...flags }: RelayFlags): Promise<void> {
  if (server !== undefined) throw new CliError('Only one of --server and --url can be the server');
  const { note } = createOutput();
  catchWarnings(undefined);
  const { stop, hurry } = stopSignals();
  const target = await targetFrom(flags, [], note);
  if (target.kind !== 'http') throw new CliError('--url must be the address of a server');
  const authorize = await authorizeFrom(flags, target, { say: note, signal: hurry, always: true, opensBrowser: true });
  const { relay } = await import('../../../client/relay/run.js');
  const { stdin: input, stdout: output } = process;
  let failure: unknown;
  await relay({ target, authorize, notice: note, input, output, stop }).catch((error: unknown) => (failure = error));
  if (output.writableLength > 0) {
    // Ended without it, and so it is said here.
    note('mcp-calc: The host does not read what it is sent');
    throw new UnreadError();
  }
  if (failure !== undefined) throw asCliError(failure);
}

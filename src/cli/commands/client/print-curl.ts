import { connect } from '../../../client/connect.js';
import type { Connection } from '../../../client/connection.js';
import { curlScript } from '../../../client/curl-script.js';
import type { HttpRequest } from '../../../client/http-request.js';
import { DryRunEnd, dryRunFetch } from '../../../client/dry-run.js';
import type { Target } from '../../../client/target.js';
import { latestVersion, modernVersions } from '../../../rpc/versions.js';
import { CliError } from '../../errors.js';
import { canAsk, terminal } from './ask.js';
import type { Act, ClientRun } from './run.js';
import { authorizeFrom, storedHeaders } from './sign-in.js';
import { timeoutFrom } from './target.js';

/**
 * Prints the curl lines of a verb in place of sending its requests. The server is asked beforehand which transport
 * and version it speaks, and for the types of arguments; where it doesn't answer, the newest are assumed.
 */
export async function printCurl({
  flags,
  output,
  target,
  operands,
  act,
}: Pick<ClientRun, 'flags' | 'output' | 'operands'> & {
  target: Target;
  act: Act;
}): Promise<void> {
  if (target.kind === 'stdio')
    throw new CliError('There are no HTTP requests over stdio: --curl needs --url', {
      hint: 'Show the messages with --trace.',
    });
  const signal = new AbortController().signal;
  const say = (line: string): void => output.note(line);
  const timeoutMs = timeoutFrom(flags);
  const authorize = await authorizeFrom(flags, target, { say, signal });
  const lookup = await connect(target, { timeoutMs, authorize, era: flags.era }).catch((error: unknown) => {
    say(
      `${output.noteColours.yellow('note')} The server can't be asked, so the types of arguments are guessed: ${(error as Error).message}`,
    );
    return undefined;
  });
  try {
    const kind =
      lookup?.transport === 'sse' || (lookup === undefined && target.transport === 'sse') ? 'sse' : 'streamable-http';
    const requests: HttpRequest[] = [];
    const era = lookup?.era ?? (kind === 'sse' || flags.era === 'legacy' ? 'legacy' : 'modern');
    const newest = (era === 'modern' ? modernVersions[0] : undefined) ?? latestVersion;
    const fetch = dryRunFetch(kind, lookup?.protocolVersion ?? newest, (request) => void requests.push(request));
    const headers = { ...(await storedHeaders(flags, target)), ...target.headers };
    const dry = await connect(
      { ...target, headers, transport: kind === 'sse' ? 'sse' : 'http' },
      { fetch, era, keepSession: true },
    );
    await show(dry, { lookup, signal, say });
    for (const line of curlScript(kind, requests, { secrets: flags.secrets === true })) output.print(line);
  } finally {
    await lookup?.close();
  }

  async function show(connection: Connection, rest: Pick<ClientRun, 'lookup' | 'signal' | 'say'>): Promise<void> {
    try {
      await act({
        ...rest,
        connection,
        flags,
        output,
        operands,
        asker: canAsk() ? terminal : undefined,
        open: () => Promise.reject(new CliError('--curl shows the requests of one connection')),
        changes: { listen: () => undefined },
        extras: { signal, onProgress: canAsk() ? () => undefined : undefined },
      });
    } catch (error) {
      if (!(error instanceof DryRunEnd)) throw error;
    } finally {
      await connection.close();
    }
  }
}

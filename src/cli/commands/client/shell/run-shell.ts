import type { Command } from 'commander';
import { oneLine } from '../../../../text/harmless.js';
import { CliError, QuietExit } from '../../../errors.js';
import { ExitCode } from '../../../exit-codes.js';
import { describeFailure } from '../../../failure.js';
import { createOutput } from '../../../output.js';
import { canAsk } from '../ask.js';
import { onInterrupt } from '../interrupt.js';
import { targetFrom } from '../target.js';
import { asCliError, splitWords } from '../verb.js';
import type { ClientFlags } from '../verb.js';
import { completer } from './completer.js';
import { fileHistory, historyFile } from './history.js';
import { Prompt, pipedLines } from './prompt.js';
import type { Lines } from './prompt.js';
import { Session } from './session.js';

/** Reads lines and runs them until they end. In a pipe it rejects with the exit code of the first line that failed. */
export async function runShell(shell: Command): Promise<void> {
  const flags = shell.opts<ClientFlags>();
  const { operands, server } = splitWords(shell);
  if (operands.length > 0)
    throw new CliError(`"${oneLine(operands[0] ?? '')}" is one word too many`, {
      hint: 'Verbs are typed at the prompt, or come in a pipe.',
    });
  const output = createOutput();
  const target = await targetFrom(flags, server, output.note);
  const isInteractive = canAsk();
  const lines: Lines = isInteractive
    ? new Prompt({
        history: fileHistory(historyFile()),
        complete: completer((words, word) => session.propose(words, word)),
        onInterrupt: () => session.interrupt(),
      })
    : pipedLines();
  const session: Session = new Session({ flags, output, target, lines, siblings: shell.parent?.commands ?? [] });
  const interrupt = onInterrupt();
  interrupt.signal.addEventListener('abort', () => session.interrupt(), { once: true });
  let failure: ExitCode | undefined;
  try {
    await session.connect();
    if (isInteractive) session.greet();
    for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
      const { ended, exitCode } = await runLine(session, line, isInteractive);
      if (exitCode !== 0) failure ??= exitCode;
      if (interrupt.signal.aborted) throw new QuietExit(ExitCode.interrupted);
      if (ended) break;
    }
  } finally {
    lines.close();
    await session.close();
    interrupt.release();
  }
  if (failure !== undefined && !isInteractive) throw new QuietExit(failure);
}

/** An error is told, and ends nothing but its line. */
async function runLine(
  session: Session,
  line: string,
  isInteractive: boolean,
): Promise<{ ended?: boolean; exitCode: ExitCode }> {
  try {
    return { ended: await session.run(line), exitCode: ExitCode.ok };
  } catch (error) {
    const { exitCode, lines } = describeFailure(asCliError(error));
    if (exitCode !== 0 && !isInteractive) session.say(`In the line: ${oneLine(line)}`);
    for (const one of lines) session.say(one);
    return { exitCode: exitCode as ExitCode };
  }
}

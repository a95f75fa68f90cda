import { runProgram } from './program.js';

const debug = process.env.LOG_LEVEL?.trim().toLowerCase() === 'debug';

/** Ends the process once stdout has taken all that was written, even if a handle would keep it alive. */
function exit(code: number): void {
  process.stdout.write('', () => process.exit(code));
}

async function fail(error: unknown): Promise<void> {
  const { describeFailure } = await import('./failure.js');
  const { exitCode, lines, unread } = describeFailure(error, debug);
  const { inActions, withoutCommands } = await import('./workflow-commands.js');
  const text = lines.join('\n');
  if (lines.length > 0) process.stderr.write(`${inActions() ? withoutCommands(text) : text}\n`);
  if (unread) process.exit(exitCode);
  exit(exitCode);
}

// `mcp-calc … | head`: whoever read stdout has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.stderr.on('error', () => undefined);
process.on('uncaughtException', (error) => {
  // A server that serves listens as well, and ends in its own way.
  if (process.listenerCount('uncaughtException') === 1) void fail(error);
});

runProgram(process.argv.slice(2)).then(() => exit(Number(process.exitCode ?? 0)), fail);

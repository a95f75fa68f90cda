import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { within } from '../../../net/time-limit.js';
import { CliError } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { ownBinary } from '../../this-machine.js';

export interface OwnServer {
  /** The origin that it listens at. */
  readonly origin: URL;
  stop(): Promise<void>;
}

/** How long it may take to listen and to stop, ms. */
const START_MS = 15_000;
const STOP_MS = 5_000;

/** Starts a server of this program on a free loopback port, and waits until it listens. */
export async function startOwnServer(args: readonly string[], signal: AbortSignal): Promise<OwnServer> {
  const child = spawn(
    process.execPath,
    [ownBinary(), ...args, '--port', '0', '--log-format', 'json', '--drain-delay', '0'],
    {
      env: { ...process.env, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  const failure = (why: string): CliError =>
    new CliError(`The server of its own ${why}`, {
      exitCode: ExitCode.unreachable,
      hint: `See why with: mcp-calc ${args.join(' ')}`,
    });
  const listening = new Promise<URL>((resolve, reject) => {
    const fail = (why: string): void => reject(failure(why));
    signal.addEventListener('abort', () => fail('was not waited for'), { once: true });
    child.once('error', () => fail("can't be started"));
    child.once('exit', () => fail('ended at once'));
    createInterface({ input: child.stderr }).on('line', (line) => {
      const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(new URL(url));
    });
  });
  try {
    const late = (): never => {
      throw failure('did not listen in time');
    };
    return { origin: new URL('/', await within(listening, START_MS, late)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

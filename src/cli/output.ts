import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import type { ChalkInstance } from 'chalk';
import { printableJsonBySlice } from '../text/harmless.js';
import { inActions, withoutCommands, withoutCommandsInJson } from './workflow-commands.js';

/** Where a command writes: its result to stdout, all else to stderr. */
export interface Output {
  /** One line of the result, or the parts of it where it is long. */
  print(line?: string | Iterable<string>): void;
  /** The result as JSON: indented for people, on one line in a pipe. */
  printJson(value: unknown): void;
  /** One line beside the result. */
  note(line: string): void;
  /** Colours for stdout. */
  readonly colours: ChalkInstance;
  /** Colours for stderr. */
  readonly noteColours: ChalkInstance;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
  /** Whether stderr is a terminal: where spinners and progress bars go. */
  readonly isNoteTerminal: boolean;
  /** Columns of the terminal now; Infinity in a pipe, where nothing is cut. */
  width(): number;
}

const USUAL_WIDTH = 80;

export function createOutput(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Output {
  const isTerminal = stdout.isTTY === true;
  const isForRunner = inActions();
  const write = (parts: Iterable<string>): void => {
    let last = '';
    for (const part of parts) {
      if (last !== '') stdout.write(last);
      last = part;
    }
    stdout.write(`${last}\n`);
  };
  return {
    print: (line = '') => write(typeof line === 'string' ? [line] : line),
    printJson(value) {
      const slices = printableJsonBySlice(value, isTerminal ? 2 : undefined);
      // What a runner obeys may stand on both sides of a cut.
      write(isForRunner ? [withoutCommandsInJson([...slices].join(''))] : slices);
    },
    note: (line) => void stderr.write(`${isForRunner ? withoutCommands(line) : line}\n`),
    colours: coloursFor('stdout'),
    noteColours: coloursFor('stderr'),
    isTerminal,
    isNoteTerminal: stderr.isTTY === true,
    // A terminal that doesn't know its size says 0.
    width: () => (isTerminal ? stdout.columns || USUAL_WIDTH : Infinity),
  };
}

/** Colours for one stream: none where it is not a terminal or NO_COLOR is set (no-color.org), unless FORCE_COLOR asks for them. */
function coloursFor(stream: 'stdout' | 'stderr'): ChalkInstance {
  // chalk knows FORCE_COLOR and pipes, but not NO_COLOR.
  if (process.env.NO_COLOR) return new Chalk({ level: 0 });
  const support = stream === 'stdout' ? supportsColor : supportsColorStderr;
  return new Chalk({ level: support === false ? 0 : support.level });
}

/** What runs while something is awaited. */
export interface Spinner {
  update(text: string): void;
  stop(): void;
}

/**
 * A spinner on a terminal; nothing at all elsewhere, where it would only fill a log. Nor on one that says it has no columns: ora
 * would divide by them, and clear infinitely many lines.
 */
export async function startSpinner(output: Output, text: string): Promise<Spinner> {
  if (!output.isNoteTerminal || !process.stderr.columns) return { update: () => undefined, stop: () => undefined };
  const { default: ora } = await import('ora');
  // Without discardStdin, ora would take Ctrl-C and the input of prompts away.
  const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  return {
    update: (next) => {
      spinner.text = next;
    },
    stop: () => void spinner.stop(),
  };
}

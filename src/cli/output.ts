import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import type { ChalkInstance } from 'chalk';
import { printableJson } from '../text/harmless.js';
import { inActions, withoutCommands, withoutCommandsInJson } from './workflow-commands.js';

/** Where a command writes: its result to stdout, all else to stderr. */
export interface Output {
  /** One line of the result. */
  print(line?: string): void;
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
  const [note, json] = inActions() ? [withoutCommands, withoutCommandsInJson] : [asItIs, asItIs];
  return {
    print: (line = '') => void stdout.write(`${line}\n`),
    printJson: (value) => void stdout.write(`${json(printableJson(value, isTerminal ? 2 : undefined))}\n`),
    note: (line) => void stderr.write(`${note(line)}\n`),
    colours: coloursFor('stdout'),
    noteColours: coloursFor('stderr'),
    isTerminal,
    isNoteTerminal: stderr.isTTY === true,
    // A terminal that doesn't know its size says 0.
    width: () => (isTerminal ? stdout.columns || USUAL_WIDTH : Infinity),
  };
}

const asItIs = (text: string): string => text;

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

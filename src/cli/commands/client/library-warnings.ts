import { format } from 'node:util';
import { quote } from '../../../text/harmless.js';

/** Characters of a warning that are shown. */
const WARNING_CHARACTERS = 500;

/**
 * Keeps what libraries and Node write by themselves off the terminal: it quotes servers as they come, and is not for whoever
 * uses the program. `say` gets each warning as one clean line.
 */
export function catchWarnings(say?: (line: string) => void): void {
  const tell = (text: string): void => say?.(`library: ${quote(text, WARNING_CHARACTERS)}`);
  const caught = (...words: unknown[]): void => tell(format(...words));
  Object.assign(console, { debug: caught, log: caught, info: caught, warn: caught, error: caught });
  // The listener that is there at the start prints them.
  process.removeAllListeners('warning').on('warning', ({ name, message }) => tell(`${name}: ${message}`));
}

import { pino } from 'pino';
import type { Logger } from '../../../src/log.js';

/** A logger that writes nothing, or each line into `lines`. */
export function testLogger(lines: string[] = []): Logger {
  return pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
}

import { isObject } from '../../../rpc/messages.js';
import { TookTooLongError, inTime } from '../../in-time.js';

/** The regular expression that a text between slashes is; undefined for any other. Throws a SyntaxError where it is wrong. */
export function patternOf(text: string): RegExp | undefined {
  const [, source, flags] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  return source === undefined ? undefined : new RegExp(source, flags);
}

/** Why a text is not as expected, in words; undefined where it is. */
export function textFault(expected: string, found: string): string | undefined {
  const pattern = patternOf(expected);
  try {
    const matches = pattern === undefined ? found.includes(expected) : inTime(() => pattern.test(found));
    if (matches) return undefined;
  } catch (error) {
    // What the text of a server does to a pattern, its author can't know.
    if (error instanceof TookTooLongError) return `the pattern can't be tried on the text: ${error.message}`;
    throw error;
  }
  return `${pattern === undefined ? JSON.stringify(expected) : expected} is not in ${JSON.stringify(found)}`;
}

/** Where a value first differs from what it must hold: members that are not named may be anything. */
export function valueFault(expected: unknown, found: unknown, place: string): string | undefined {
  if (isObject(expected) && isObject(found)) {
    for (const [key, value] of Object.entries(expected)) {
      const fault = valueFault(value, Object.hasOwn(found, key) ? found[key] : undefined, `${place}.${key}`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    for (const [index, value] of expected.entries()) {
      const fault = valueFault(value, found[index], `${place}[${index}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (!isObject(expected) && !Array.isArray(expected) && expected === found) return undefined;
  return `${place} is ${JSON.stringify(found) ?? 'missing'}, not ${JSON.stringify(expected)}`;
}

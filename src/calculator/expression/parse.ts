import jsep from 'jsep';
import { CalculationError } from '../errors.js';
import { unexpected } from './check.js';
import type { Token } from './tokens.js';

/** The identifier that a group is written as for jsep, and the prefix of every name: no expression can contain it. */
export const MARK = '$';

const operators: Readonly<Record<string, string>> = { '^': '**', '×': '*', '·': '*', '÷': '/', '−': '-' };

/**
 * The tree of checked tokens. jsep's grammar is a setting that every module of a process shares, so it is left alone
 * and the tokens are written in it: `^` is `**`; a group is a call of {@link MARK}, because the tree must tell
 * (-2)^2 from -2^2; and every name carries the mark, so that none is a literal or a keyword such as `this`.
 * Throws {@link CalculationError} with the place.
 */
export function parse(tokens: readonly Token[]): jsep.Expression {
  const written = tokens.map((token, index) => writeToken(token, tokens[index - 1]));
  try {
    return jsep(written.join(' '));
  } catch (error) {
    throw syntaxError(tokens, written, error);
  }
}

function writeToken({ kind, text }: Token, before: Token | undefined): string {
  switch (kind) {
    case 'operator':
      return operators[text] ?? text;
    case 'name':
    case 'call':
      return MARK + text;
    case 'open':
      return before?.kind === 'call' ? text : `${MARK}${text}`;
    default:
      return text;
  }
}

/** jsep tells the index in the text it was given: the token there, or the end, is what it stumbled over. */
function syntaxError(tokens: readonly Token[], written: readonly string[], error: unknown): unknown {
  const index = (error as { index?: unknown }).index;
  if (typeof index !== 'number') return error;
  let start = 0;
  for (const [at, text] of written.entries()) {
    const token = tokens[at];
    if (token !== undefined && index < start + text.length) return unexpected(token);
    start += text.length + 1;
  }
  return new CalculationError('The expression ends too early: a number, a name or a closing parenthesis is missing.');
}

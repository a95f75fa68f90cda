import { CalculationError } from '../errors.js';
import { functionNames } from './functions.js';
import { MAX_EXPRESSION_DEPTH, MAX_OPERANDS, placeOf } from './tokens.js';
import type { Token } from './tokens.js';

/**
 * Refuses what the grammar of jsep would let pass, and what has no meaning here: operands without an operator between
 * them, commas outside a call, unknown names, and more or deeper than the bounds allow.
 * Throws {@link CalculationError} with the place.
 */
export function checkTokens(tokens: readonly Token[], names: ReadonlySet<string>): void {
  if (tokens.length === 0) throw new CalculationError('The expression is empty. Write one such as 2 * (3 + 4).');
  checkOperands(tokens, names);
  tokens.forEach((token, index) => checkNeighbours(token, tokens[index - 1]));
  checkNesting(tokens);
}

function checkOperands(tokens: readonly Token[], names: ReadonlySet<string>): void {
  const operands = tokens.filter(({ kind }) => kind === 'number' || kind === 'name' || kind === 'call');
  if (operands.length > MAX_OPERANDS) {
    throw new CalculationError(`The expression has more than ${MAX_OPERANDS} numbers and names. Evaluate it in parts.`);
  }
  for (const operand of operands) {
    if (operand.kind === 'call' && !functionNames.includes(operand.text)) {
      throw new CalculationError(`${placeOf(operand)} is not a function. Use one of ${functionNames.join(', ')}.`);
    }
    if (operand.kind === 'name' && !names.has(operand.text)) throw unknownName(operand);
  }
}

function unknownName(token: Token): CalculationError {
  const advice = functionNames.includes(token.text)
    ? `is a function: write ${token.text}(…).`
    : 'is not known: give its value in "variables".';
  return new CalculationError(`${placeOf(token)} ${advice}`);
}

function checkNeighbours(token: Token, before: Token | undefined): void {
  if (before === undefined) return;
  const ended = before.kind === 'number' || before.kind === 'name' || before.kind === 'close';
  const begins = token.kind === 'number' || token.kind === 'name' || token.kind === 'call' || token.kind === 'open';
  if (ended && begins) {
    throw new CalculationError(`An operator is missing before ${placeOf(token)}. Write * to multiply.`);
  }
}

function checkNesting(tokens: readonly Token[]): void {
  const within: ('call' | 'group')[] = [];
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    if (token.kind === 'open') within.push(before?.kind === 'call' ? 'call' : 'group');
    if (within.length > MAX_EXPRESSION_DEPTH) {
      throw new CalculationError(
        `More than ${MAX_EXPRESSION_DEPTH} parentheses inside one another at character ${token.position}. Evaluate the expression in parts.`,
      );
    }
    if (token.kind === 'comma' && (within.at(-1) !== 'call' || before?.kind === 'open')) throw unexpected(token);
    if (token.kind !== 'close') return;
    const closed = within.pop();
    const empty = before?.kind === 'comma' || (closed === 'group' && before?.kind === 'open');
    if (closed === undefined || empty) throw unexpected(token);
  });
}

/** The error for a token where the grammar has no place for it. */
export function unexpected(token: Token): CalculationError {
  return new CalculationError(`Unexpected ${placeOf(token)}.`);
}

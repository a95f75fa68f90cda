import type jsep from 'jsep';
import { CalculationError } from './errors.js';
import { bounded, exact } from './exact.js';
import type { Exact, Operand } from './exact.js';
import { resultOf } from './result.js';
import type { Result } from './result.js';
import { Budget } from './expression/budget.js';
import { checkTokens } from './expression/check.js';
import { callFunction } from './expression/functions.js';
import { namedValues } from './expression/names.js';
import { applyOperator, applySign } from './expression/operators.js';
import { MARK, parse } from './expression/parse.js';
import { MAX_EXPRESSION_LENGTH, tokenize } from './expression/tokens.js';

/**
 * Evaluates an expression of numbers, constants, variables, functions, `+ - * / % ^` and parentheses; `^` binds tighter
 * than a sign and to the right. Nothing but the tree of the expression is walked: no code is ever run.
 * A variable hides a constant of its name. Throws {@link CalculationError} for what can't be read, with the place, and for
 * what has no value, or takes more than {@link EXPRESSION_STEPS}.
 */
export function evaluateInFull(source: string, variables: Readonly<Record<string, Operand>> = {}): Result {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    throw new CalculationError(
      `The expression is longer than ${MAX_EXPRESSION_LENGTH} characters. Evaluate it in parts.`,
    );
  }
  const names = namedValues(variables);
  const tokens = tokenize(source);
  checkTokens(tokens, new Set(names.keys()));
  const result = valueOf(parse(tokens), { names, budget: new Budget() });
  return resultOf(result, () => 'The result');
}

/** The double nearest to what {@link evaluateInFull} comes to. */
export function evaluateExpression(source: string, variables?: Readonly<Record<string, Operand>>): number {
  return evaluateInFull(source, variables).value;
}

interface Evaluation {
  readonly names: ReadonlyMap<string, Exact>;
  readonly budget: Budget;
}

function valueOf(expression: jsep.Expression, evaluation: Evaluation): Exact {
  const node = expression as jsep.CoreExpression;
  switch (node.type) {
    case 'Literal':
      return literal(node);
    case 'Identifier':
      return named(node, evaluation.names);
    case 'UnaryExpression':
      return applySign(node.operator, valueOf(node.argument, evaluation));
    case 'BinaryExpression':
      return binary(node, evaluation);
    case 'CallExpression':
      return called(node, evaluation);
    default:
      throw new CalculationError(`An expression can't contain a ${node.type}.`);
  }
}

function binary({ operator, left, right }: jsep.BinaryExpression, evaluation: Evaluation): Exact {
  if (operator === '**' && left.type === 'UnaryExpression') {
    // -2^2 is -(2^2), where jsep binds the sign first.
    const { operator: sign, argument } = left as jsep.UnaryExpression;
    return applySign(sign, binary({ type: 'BinaryExpression', operator, left: argument, right }, evaluation));
  }
  return applyOperator(operator, valueOf(left, evaluation), valueOf(right, evaluation), evaluation.budget);
}

function called({ callee, arguments: operands }: jsep.CallExpression, evaluation: Evaluation): Exact {
  const values = operands.map((operand) => valueOf(operand, evaluation));
  const name = nameOf(callee as jsep.Identifier);
  const [group] = values;
  return name === '' && group !== undefined ? group : callFunction(name, values, evaluation.budget);
}

/** The value of a number as it is written. */
export function literal({ raw }: jsep.Literal): Exact {
  return bounded(exact(raw), () => raw);
}

/** The value behind a name. */
export function named(identifier: jsep.Identifier, names: ReadonlyMap<string, Exact>): Exact {
  const value = names.get(nameOf(identifier));
  if (value === undefined) throw new CalculationError(`"${nameOf(identifier)}" is not known.`);
  return value;
}

/** A name without its mark; empty for a group in parentheses. */
export function nameOf({ name }: jsep.Identifier): string {
  return name.slice(MARK.length);
}

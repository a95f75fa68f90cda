import type jsep from 'jsep';
import { applyOperation, operationSymbols, remainder } from './arithmetic.js';
import type { Operation } from './arithmetic.js';
import { CalculationError } from './errors.js';
import { bounded, exact } from './exact.js';
import type { Exact, Operand } from './exact.js';
import { formatExact, formatExactOperand } from './format.js';
import { power } from './powers.js';
import { resultOf } from './result.js';
import type { Result } from './result.js';
import { checkTokens } from './expression/check.js';
import { callFunction } from './expression/functions.js';
import { namedValues } from './expression/names.js';
import { MARK, parse } from './expression/parse.js';
import { MAX_EXPRESSION_LENGTH, tokenize } from './expression/tokens.js';

const operations: Readonly<Record<string, Operation>> = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide' };

/**
 * Evaluates an expression of numbers, constants, variables, functions, `+ - * / % ^` and parentheses; `^` binds tighter
 * than a sign and to the right. Nothing but the tree of the expression is walked: no code is ever run.
 * A variable hides a constant of its name. Throws {@link CalculationError} for what can't be read, with the place, and for
 * what has no value.
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
  const result = valueOf(parse(tokens) as jsep.CoreExpression, names);
  return resultOf(result, () => 'The result');
}

/** The double nearest to what {@link evaluateInFull} comes to. */
export function evaluateExpression(source: string, variables?: Readonly<Record<string, Operand>>): number {
  return evaluateInFull(source, variables).value;
}

type Names = ReadonlyMap<string, Exact>;

function valueOf(expression: jsep.Expression, names: Names): Exact {
  const node = expression as jsep.CoreExpression;
  switch (node.type) {
    case 'Literal':
      return bounded(exact(node.raw), () => node.raw);
    case 'Identifier':
      return named(node, names);
    case 'UnaryExpression':
      return signed(node.operator, valueOf(node.argument, names));
    case 'BinaryExpression':
      return binary(node, names);
    case 'CallExpression':
      return called(node, names);
    default:
      throw new CalculationError(`An expression can't contain a ${node.type}.`);
  }
}

function binary({ operator, left, right }: jsep.BinaryExpression, names: Names): Exact {
  if (operator === '**' && left.type === 'UnaryExpression') {
    // -2^2 is -(2^2), where jsep binds the sign first.
    const { operator: sign, argument } = left as jsep.UnaryExpression;
    return signed(sign, binary({ type: 'BinaryExpression', operator, left: argument, right }, names));
  }
  const a = valueOf(left, names);
  const b = valueOf(right, names);
  if (operator === '**') return power(a, b);
  if (operator === '%') return remainder(a, b);
  const operation = operations[operator];
  if (operation === undefined) throw new CalculationError(`An expression can't contain the operator ${operator}.`);
  return applyOperation(
    operation,
    a,
    b,
    () => `${formatExact(a)} ${operationSymbols[operation]} ${formatExactOperand(b)}`,
  );
}

function signed(sign: string, value: Exact): Exact {
  return sign === '-' ? value.negated() : value;
}

function called({ callee, arguments: operands }: jsep.CallExpression, names: Names): Exact {
  const values = operands.map((operand) => valueOf(operand, names));
  const name = nameOf(callee as jsep.Identifier);
  const [group] = values;
  return name === '' && group !== undefined ? group : callFunction(name, values);
}

function named(identifier: jsep.Identifier, names: Names): Exact {
  const value = names.get(nameOf(identifier));
  if (value === undefined) throw new CalculationError(`"${nameOf(identifier)}" is not known.`);
  return value;
}

function nameOf({ name }: jsep.Identifier): string {
  return name.slice(MARK.length);
}

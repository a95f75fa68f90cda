import type jsep from 'jsep';
import type { Exact } from './exact.js';
import { literal, nameOf, named } from './expression.js';
import { Budget } from './expression/budget.js';
import { checkTokens } from './expression/check.js';
import { callFunction } from './expression/functions.js';
import { namedValues } from './expression/names.js';
import { applyOperator, applySign } from './expression/operators.js';
import { parse } from './expression/parse.js';
import { tokenize } from './expression/tokens.js';
import { formatExact, inParentheses } from './format.js';
import { formatResult, resultOf } from './result.js';

/** Steps that are told of an expression; of one with more, none are. */
export const MAX_STEPS = 20;
/** Characters of an expression whose steps are told. */
const LONGEST_STEPPED = 800;

/** A part of the expression: its value, and what a step shows of it. */
interface Part {
  readonly value: Exact;
  readonly shown: string;
}

interface Telling {
  readonly names: ReadonlyMap<string, Exact>;
  readonly budget: Budget;
  readonly steps: string[];
}

const signs: Readonly<Record<string, string>> = { '*': '×', '/': '÷', '**': '^' };

/**
 * The operations of an expression in the order in which they are done, as "3 + 4 = 7", "2 × 7 = 14". Each result is that
 * of the exact part, not of the rounded numbers shown. Throws like {@link evaluateInFull}.
 */
export function expressionSteps(source: string): string[] {
  if (source.length > LONGEST_STEPPED) return [];
  const names = namedValues({});
  const tokens = tokenize(source);
  checkTokens(tokens, new Set(names.keys()));
  const steps: string[] = [];
  partOf(parse(tokens), { names, budget: new Budget(), steps });
  return steps.length > MAX_STEPS ? [] : steps;
}

function partOf(expression: jsep.Expression, telling: Telling): Part {
  const node = expression as jsep.CoreExpression;
  switch (node.type) {
    case 'UnaryExpression':
      return signed(node.operator, partOf(node.argument, telling));
    case 'BinaryExpression':
      return binary(node, telling);
    case 'CallExpression':
      return call(node, telling);
    case 'Identifier':
      return { value: named(node, telling.names), shown: nameOf(node) };
    default:
      return { value: literal(node as jsep.Literal), shown: (node as jsep.Literal).raw };
  }
}

function signed(sign: string, { value, shown }: Part): Part {
  return { value: applySign(sign, value), shown: `(${sign}${shown})` };
}

function binary({ operator, left, right }: jsep.BinaryExpression, telling: Telling): Part {
  if (operator === '**' && left.type === 'UnaryExpression') {
    // The sign is applied last, as the evaluation has it: -2^2 is -(2^2).
    const { operator: sign, argument } = left as jsep.UnaryExpression;
    return signed(sign, binary({ type: 'BinaryExpression', operator, left: argument, right }, telling));
  }
  const [a, b] = [partOf(left, telling), partOf(right, telling)];
  const value = applyOperator(operator, a.value, b.value, telling.budget);
  return step(value, `${a.shown} ${signs[operator] ?? operator} ${b.shown}`, telling);
}

function call({ callee, arguments: operands }: jsep.CallExpression, telling: Telling): Part {
  const parts = operands.map((operand) => partOf(operand, telling));
  const name = nameOf(callee as jsep.Identifier);
  const [group] = parts;
  if (name === '' && group !== undefined) return group;
  const value = callFunction(
    name,
    parts.map((part) => part.value),
    telling.budget,
  );
  return step(value, `${name}(${parts.map((part) => part.shown).join(', ')})`, telling);
}

/** One operation done. Beyond {@link MAX_STEPS} it is only counted. */
function step(value: Exact, shown: string, { steps }: Telling): Part {
  const told = steps.length < MAX_STEPS ? inFull(value) : '';
  steps.push(`${shown} = ${told}`);
  return { value, shown: inParentheses(told) };
}

/** A part with all digits that are known of it; it may be larger than any double, where the whole is not. */
function inFull(value: Exact): string {
  return Number.isFinite(value.toNumber()) ? formatResult(resultOf(value, () => 'A part')) : formatExact(value);
}

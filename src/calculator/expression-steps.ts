import type jsep from 'jsep';
import { evaluateInFull } from './expression.js';
import { checkTokens } from './expression/check.js';
import { constantNames } from './expression/names.js';
import { MARK, parse } from './expression/parse.js';
import { tokenize } from './expression/tokens.js';
import { inParentheses } from './format.js';
import { formatResult } from './result.js';

/** Steps that are told of an expression; of one with more, none are. */
export const MAX_STEPS = 20;
/** Characters of an expression whose steps are told: what each step is evaluated as has parentheses of its own. */
const LONGEST_STEPPED = 800;

/** A part of the expression: its own text, fully parenthesised, and what a step shows of it. */
interface Part {
  readonly source: string;
  readonly shown: string;
}

const signs: Readonly<Record<string, string>> = { '*': '×', '/': '÷', '**': '^' };

/**
 * The operations of an expression in the order in which they are done, as "3 + 4 = 7", "2 × 7 = 14". Each result is that
 * of the exact part, not of the rounded numbers shown. Throws like {@link evaluateInFull}.
 */
export function expressionSteps(source: string): string[] {
  if (source.length > LONGEST_STEPPED) return [];
  const tokens = tokenize(source);
  checkTokens(tokens, new Set(constantNames));
  const steps: string[] = [];
  partOf(parse(tokens), steps);
  return steps.length > MAX_STEPS ? [] : steps;
}

function partOf(expression: jsep.Expression, steps: string[]): Part {
  const node = expression as jsep.CoreExpression;
  switch (node.type) {
    case 'UnaryExpression': {
      const { source, shown } = partOf(node.argument, steps);
      return { source: `(${node.operator}${source})`, shown: `(${node.operator}${shown})` };
    }
    case 'BinaryExpression':
      return binary(node, steps);
    case 'CallExpression':
      return call(node, steps);
    case 'Identifier':
      return same(node.name.slice(MARK.length));
    default:
      return same(String((node as jsep.Literal).raw));
  }
}

function binary({ operator, left, right }: jsep.BinaryExpression, steps: string[]): Part {
  if (operator === '**' && left.type === 'UnaryExpression') {
    // The sign is applied last, as the evaluation has it: -2^2 is -(2^2).
    const { operator: sign, argument } = left as jsep.UnaryExpression;
    const { source, shown } = binary({ type: 'BinaryExpression', operator, left: argument, right }, steps);
    return { source: `(${sign}${source})`, shown: `(${sign}${shown})` };
  }
  const [a, b] = [partOf(left, steps), partOf(right, steps)];
  return step(`(${a.source} ${operator} ${b.source})`, `${a.shown} ${signs[operator] ?? operator} ${b.shown}`, steps);
}

function call({ callee, arguments: operands }: jsep.CallExpression, steps: string[]): Part {
  const parts = operands.map((operand) => partOf(operand, steps));
  const name = (callee as jsep.Identifier).name.slice(MARK.length);
  const [group] = parts;
  if (name === '' && group !== undefined) return group;
  const [source, shown] = [parts.map((part) => part.source).join(', '), parts.map((part) => part.shown).join(', ')];
  return step(`${name}(${source})`, `${name}(${shown})`, steps);
}

/** One operation done. Beyond {@link MAX_STEPS} it is only counted: there is nothing to evaluate it for. */
function step(source: string, shown: string, steps: string[]): Part {
  const value = steps.length < MAX_STEPS ? formatResult(evaluateInFull(source)) : '0';
  steps.push(`${shown} = ${value}`);
  return { source, shown: inParentheses(value) };
}

function same(text: string): Part {
  return { source: text, shown: text };
}

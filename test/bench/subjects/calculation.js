// The tool that every subject serves with the same schemas and the same answer: what is compared is the server around it.
import { Decimal } from 'decimal.js';
import { z } from 'zod';

const operations = { add: 'plus', subtract: 'minus', multiply: 'times', divide: 'dividedBy' };
const signs = { add: '+', subtract: '-', multiply: '×', divide: '÷' };
const nouns = { add: 'Addition', subtract: 'Subtraction', multiply: 'Multiplication', divide: 'Division' };

export const name = 'calculate';
export const title = 'Calculate';
export const description = 'Adds, subtracts, multiplies or divides two numbers in exact decimal arithmetic';

export const inputShape = {
  a: z.number().describe('First operand'),
  b: z.number().describe('Second operand'),
  op: z.enum(Object.keys(operations)).describe('What to do with a and b'),
  precision: z.int().min(0).max(15).optional().describe('Decimal places to round to'),
};
export const outputShape = {
  value: z.number(),
  operation: z.string(),
  expression: z.string(),
  timestamp: z.iso.datetime(),
};

/** One calculation as a result of `tools/call`, with the very text that the calculator answers with. */
export function calculation({ a, b, op, precision }) {
  const exact = new Decimal(a)[operations[op]](b);
  const value = (precision === undefined ? exact : exact.toDecimalPlaces(precision)).toNumber();
  const expression = `${a} ${signs[op]} ${b}`;
  const rounded = precision === undefined ? '' : ` (${precision} decimal places)`;
  const text = `${op.toUpperCase()}: ${expression} = ${value}\n\nSteps:\nInput: ${a} ${op} ${b}\n${nouns[op]}: ${expression} = ${exact}\nFinal result${rounded}: ${value}`;
  return {
    content: [{ type: 'text', text }],
    structuredContent: { operation: op, expression, value, timestamp: new Date().toISOString() },
  };
}

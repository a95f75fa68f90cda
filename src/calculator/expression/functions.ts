import { remainder } from '../arithmetic.js';
import { combinations, factorial, permutations, wholeNumber } from '../combinatorics.js';
import { CalculationError } from '../errors.js';
import { Exact, bounded, withoutNoise } from '../exact.js';
import { formatExact } from '../format.js';
import { exponential, logarithm, power, squareRoot } from '../powers.js';
import { cosine, sine, tangent } from '../trigonometry.js';
import { MAX_OPERANDS } from './tokens.js';

interface MathFunction {
  readonly least: number;
  readonly most: number;
  apply(...operands: [Exact, ...Exact[]]): Exact;
}

/** Decimal places that `round` goes to. */
const MAX_PLACES = 100;

const table: Readonly<Record<string, MathFunction>> = {
  sqrt: unary(squareRoot),
  cbrt: unary((x) => x.cbrt()),
  abs: unary((x) => x.abs()),
  sign: unary((x) => new Exact(x.comparedTo(0))),
  exp: unary(exponential),
  ln: unary((x) => logarithm(x)),
  log: { least: 1, most: 2, apply: (x, base) => logarithm(x, base) },
  log2: unary((x) => logarithm(x, new Exact(2))),
  log10: unary((x) => logarithm(x, new Exact(10))),
  pow: binary(power),
  mod: binary(remainder),
  sin: unary(sine),
  cos: unary(cosine),
  tan: unary(tangent),
  asin: unary((x) => withinOne('asin', x).asin()),
  acos: unary((x) => withinOne('acos', x).acos()),
  atan: unary((x) => x.atan()),
  floor: unary((x) => withoutNoise(x).floor()),
  ceil: unary((x) => withoutNoise(x).ceil()),
  trunc: unary((x) => withoutNoise(x).trunc()),
  round: { least: 1, most: 2, apply: round },
  min: { least: 1, most: MAX_OPERANDS, apply: (...operands) => Exact.min(...operands) },
  max: { least: 1, most: MAX_OPERANDS, apply: (...operands) => Exact.max(...operands) },
  factorial: unary(factorial),
  combinations: binary(combinations),
  permutations: binary(permutations),
};

/** The functions that an expression may call. */
export const functionNames: readonly string[] = Object.keys(table);

/** Calls a function of {@link functionNames}. Throws {@link CalculationError} on a wrong number of operands, or outside its domain. */
export function callFunction(name: string, operands: readonly Exact[]): Exact {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined) throw new CalculationError(`${name} is not a function.`);
  const [first, ...rest] = operands;
  if (first === undefined || operands.length < found.least || operands.length > found.most) {
    throw new CalculationError(`${name} takes ${expected(found)}, and was given ${operands.length}.`);
  }
  return bounded(found.apply(first, ...rest), () => `${name}(${operands.map(formatExact).join(', ')})`);
}

function expected({ least, most }: MathFunction): string {
  if (least === most) return least === 1 ? '1 value' : `${least} values`;
  return `${least} to ${most} values`;
}

function unary(apply: (x: Exact) => Exact): MathFunction {
  return { least: 1, most: 1, apply: (x) => apply(x) };
}

function binary(apply: (x: Exact, y: Exact) => Exact): MathFunction {
  return { least: 2, most: 2, apply: (x, y) => apply(x, y as Exact) };
}

function round(x: Exact, places = new Exact(0)): Exact {
  return withoutNoise(x).toDecimalPlaces(wholeNumber(places, 'round: places', MAX_PLACES));
}

function withinOne(name: string, x: Exact): Exact {
  if (x.abs().lessThanOrEqualTo(1)) return x;
  throw new CalculationError(`${name}(${formatExact(x)}) has no real value: use a number from -1 to 1.`);
}

import { remainder } from '../arithmetic.js';
import { combinations, factorial, permutations, wholeNumber } from '../combinatorics.js';
import { CalculationError } from '../errors.js';
import { Exact, bounded, withoutNoise } from '../exact.js';
import { formatExact } from '../format.js';
import { exponential, logarithm, power, squareRoot } from '../powers.js';
import { cosine, sine, tangent } from '../trigonometry.js';
import type { Budget } from './budget.js';
import { powerSteps } from './operators.js';
import { MAX_OPERANDS } from './tokens.js';

interface MathFunction {
  readonly least: number;
  readonly most: number;
  /** What a call costs of the expression's {@link Budget}. */
  steps(...operands: [Exact, ...Exact[]]): number;
  apply(...operands: [Exact, ...Exact[]]): Exact;
}

/** Decimal places that `round` goes to. */
const MAX_PLACES = 100;

/** Steps of a call, as measured with the operands that take longest. */
const STEPS = { short: 1, root: 10, count: 20, circular: 40, logarithm: 50, inverse: 100 } as const;

const table: Readonly<Record<string, MathFunction>> = {
  sqrt: unary('root', squareRoot),
  cbrt: unary('count', (x) => x.cbrt()),
  abs: unary('short', (x) => x.abs()),
  sign: unary('short', (x) => new Exact(x.comparedTo(0))),
  exp: unary('logarithm', exponential),
  ln: unary('logarithm', (x) => logarithm(x)),
  log: {
    least: 1,
    most: 2,
    steps: (...operands) => operands.length * STEPS.logarithm,
    apply: (x, base) => logarithm(x, base),
  },
  log2: unary('logarithm', (x) => logarithm(x, new Exact(2))),
  log10: unary('logarithm', (x) => logarithm(x, new Exact(10))),
  pow: { ...binary('short', power), steps: (_base, exponent) => powerSteps(exponent as Exact) },
  mod: binary('count', remainder),
  sin: unary('circular', sine),
  cos: unary('circular', cosine),
  tan: unary('logarithm', tangent),
  asin: unary('inverse', (x) => withinOne('asin', x).asin()),
  acos: unary('inverse', (x) => withinOne('acos', x).acos()),
  atan: unary('inverse', (x) => x.atan()),
  floor: unary('short', (x) => withoutNoise(x).floor()),
  ceil: unary('short', (x) => withoutNoise(x).ceil()),
  trunc: unary('short', (x) => withoutNoise(x).trunc()),
  round: { least: 1, most: 2, steps: () => STEPS.short, apply: round },
  min: {
    least: 1,
    most: MAX_OPERANDS,
    steps: (...operands) => operands.length,
    apply: (...operands) => Exact.min(...operands),
  },
  max: {
    least: 1,
    most: MAX_OPERANDS,
    steps: (...operands) => operands.length,
    apply: (...operands) => Exact.max(...operands),
  },
  factorial: unary('count', factorial),
  combinations: binary('count', combinations),
  permutations: binary('count', permutations),
};

/** The functions that an expression may call. */
export const functionNames: readonly string[] = Object.keys(table);

/**
 * Calls a function of {@link functionNames}. Throws {@link CalculationError} on a wrong number of operands, outside its
 * domain, and beyond the budget.
 */
export function callFunction(name: string, operands: readonly Exact[], budget: Budget): Exact {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined) throw new CalculationError(`${name} is not a function.`);
  const [first, ...rest] = operands;
  if (first === undefined || operands.length < found.least || operands.length > found.most) {
    throw new CalculationError(`${name} takes ${expected(found)}, and was given ${operands.length}.`);
  }
  budget.spend(found.steps(first, ...rest));
  return bounded(found.apply(first, ...rest), () => `${name}(${operands.map(formatExact).join(', ')})`);
}

function expected({ least, most }: MathFunction): string {
  if (least === most) return least === 1 ? '1 value' : `${least} values`;
  return `${least} to ${most} values`;
}

function unary(cost: keyof typeof STEPS, apply: (x: Exact) => Exact): MathFunction {
  return { least: 1, most: 1, steps: () => STEPS[cost], apply: (x) => apply(x) };
}

function binary(cost: keyof typeof STEPS, apply: (x: Exact, y: Exact) => Exact): MathFunction {
  return { least: 2, most: 2, steps: () => STEPS[cost], apply: (x, y) => apply(x, y as Exact) };
}

function round(x: Exact, places = new Exact(0)): Exact {
  return withoutNoise(x).toDecimalPlaces(wholeNumber(places, 'round: places', MAX_PLACES));
}

function withinOne(name: string, x: Exact): Exact {
  if (x.abs().lessThanOrEqualTo(1)) return x;
  throw new CalculationError(`${name}(${formatExact(x)}) has no real value: use a number from -1 to 1.`);
}

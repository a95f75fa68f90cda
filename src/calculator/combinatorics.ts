import { CalculationError } from './errors.js';
import { exact, withoutNoise } from './exact.js';
import type { Exact } from './exact.js';
import { formatExact, formatNumber } from './format.js';

/** The largest n whose factorial is below `Number.MAX_VALUE`. */
export const MAX_FACTORIAL = 170;
/** The largest n to choose from: beyond it, neighbouring whole numbers are the same double. */
export const MAX_CHOICE = Number.MAX_SAFE_INTEGER;

const LARGEST = BigInt(Number.MAX_VALUE);

/** n!, counted exactly. Throws {@link CalculationError} unless n is a whole number from 0 to {@link MAX_FACTORIAL}. */
export function factorial(value: Exact): Exact {
  const n = wholeNumber(value, 'factorial: n', MAX_FACTORIAL);
  let product = 1n;
  for (let factor = 2; factor <= n; factor++) product *= BigInt(factor);
  return exact(product);
}

/** The ways to choose k of n without order. Throws {@link CalculationError} unless 0 ≤ k ≤ n, and on overflow. */
export function combinations(value: Exact, chosen: Exact): Exact {
  const { n, k } = choice('combinations', value, chosen);
  const fewer = Math.min(k, n - k);
  let ways = 1n;
  // Every partial product is itself a binomial coefficient: the division leaves no remainder. From n = 1030 on they
  // pass the largest double within 515 factors, which bounds the loop for any n.
  for (let i = 1; i <= fewer; i++) {
    ways = (ways * BigInt(n - fewer + i)) / BigInt(i);
    if (ways > LARGEST) throw tooMany('combinations', n, k);
  }
  return exact(ways);
}

/** The ways to choose k of n in order. Throws {@link CalculationError} unless 0 ≤ k ≤ n, and on overflow. */
export function permutations(value: Exact, chosen: Exact): Exact {
  const { n, k } = choice('permutations', value, chosen);
  let ways = 1n;
  // k factors are at least k!, so the largest double is passed within MAX_FACTORIAL + 1 of them.
  for (let i = 0; i < k; i++) {
    ways *= BigInt(n - i);
    if (ways > LARGEST) throw tooMany('permutations', n, k);
  }
  return exact(ways);
}

/**
 * The value as a whole number from 0 to `max`, a safe integer. Throws {@link CalculationError} for any other;
 * `role` names it in the message, such as `factorial: n`.
 */
export function wholeNumber(value: Exact, role: string, max: number): number {
  const whole = withoutNoise(value);
  const given = formatExact(whole);
  if (!whole.isInteger()) throw new CalculationError(`${role} must be a whole number, and ${given} is not.`);
  if (whole.lessThan(0)) throw new CalculationError(`${role} must be 0 or more, and ${given} is negative.`);
  if (whole.greaterThan(max))
    throw new CalculationError(`${role} must be at most ${formatNumber(max)}, and ${given} is more.`);
  return whole.toNumber();
}

function choice(name: string, value: Exact, chosen: Exact): { n: number; k: number } {
  const n = wholeNumber(value, `${name}: n`, MAX_CHOICE);
  const k = wholeNumber(chosen, `${name}: k`, MAX_CHOICE);
  if (k > n)
    throw new CalculationError(
      `${name}: k (${k}) must not be more than n (${n}): choose at most as many as there are.`,
    );
  return { n, k };
}

function tooMany(name: string, n: number, k: number): CalculationError {
  return new CalculationError(
    `${name} of ${k} out of ${n} are more than ${formatNumber(Number.MAX_VALUE)}. Use a smaller n or k.`,
  );
}

import { constantDigits } from './constants.js';
import { CalculationError } from './errors.js';
import { Exact, exact } from './exact.js';
import { formatExact, formatNumber } from './format.js';

/** The largest angle in radians: beyond it a double no longer tells one part of a turn from another. */
export const MAX_ANGLE = 1e15;
/** Up to this many quarter turns the double nearest to a multiple of π/2 stands for that multiple. */
export const MAX_QUARTER_TURNS = 1_000_000;

const quarterTurn = exact(constantDigits.pi).dividedBy(2);
const sines = [0, 1, 0, -1] as const;

/** The sine of an angle in radians. Throws {@link CalculationError} beyond {@link MAX_ANGLE}. */
export function sine(angle: Exact): Exact {
  const quarters = wholeQuarters(angle, 'sin');
  return quarters === undefined ? angle.sin() : new Exact(sines[quarters]);
}

/** The cosine of an angle in radians. Throws {@link CalculationError} beyond {@link MAX_ANGLE}. */
export function cosine(angle: Exact): Exact {
  const quarters = wholeQuarters(angle, 'cos');
  return quarters === undefined ? angle.cos() : new Exact(sines[((quarters + 1) % 4) as Quarters]);
}

/** The tangent of an angle in radians. Throws {@link CalculationError} at its poles and beyond {@link MAX_ANGLE}. */
export function tangent(angle: Exact): Exact {
  const quarters = wholeQuarters(angle, 'tan');
  if (quarters === undefined) return angle.sin().dividedBy(angle.cos());
  if (quarters % 2 === 0) return new Exact(0);
  throw new CalculationError(
    `tan(${formatExact(angle)}) has no value: the tangent has a pole at π/2 and every π from there. Use another angle, in radians.`,
  );
}

type Quarters = 0 | 1 | 2 | 3;

/**
 * How many quarter turns, modulo 4, an angle is; undefined for one in between. No double is a multiple of π/2, so the
 * nearest one is taken for it: sin(π) is then 0 rather than 1e-16, and tan(π/2) a pole rather than 1e16.
 */
function wholeQuarters(angle: Exact, name: string): Quarters | undefined {
  if (angle.abs().greaterThan(MAX_ANGLE)) {
    throw new CalculationError(
      `${name}(${formatExact(angle)}): the angle must be within ±${formatNumber(MAX_ANGLE)} radians. Subtract whole turns of 2π first.`,
    );
  }
  const quarters = angle.dividedBy(quarterTurn).round();
  if (quarters.abs().greaterThan(MAX_QUARTER_TURNS)) return undefined;
  if (quarterTurn.times(quarters).toNumber() !== angle.toNumber()) return undefined;
  return (((quarters.toNumber() % 4) + 4) % 4) as Quarters;
}

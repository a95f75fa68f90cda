import { constantDigits } from '../constants.js';
import { CalculationError } from '../errors.js';
import { exact } from '../exact.js';
import type { Exact, Operand } from '../exact.js';

/** Variables that one evaluation is given. */
export const MAX_VARIABLES = 50;
/** Characters of a variable's name. */
export const MAX_NAME_LENGTH = 32;
/** What a variable may be called. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const pi = exact(constantDigits.pi);
const phi = exact(constantDigits.phi);

const constantValues: ReadonlyMap<string, Exact> = new Map([
  ...Object.entries(constantDigits).map(([name, digits]): [string, Exact] => [name, exact(digits)]),
  ['tau', pi.times(2)],
  ['π', pi],
  ['φ', phi],
  ['τ', pi.times(2)],
]);

/** The constants that an expression may name. */
export const constantNames: readonly string[] = [...constantValues.keys()];

/**
 * The values behind the names of an expression: the variables, and the constants that no variable hides.
 * Throws {@link CalculationError} for too many variables, a name that is none, and a value that is not finite.
 */
export function namedValues(variables: Readonly<Record<string, Operand>>): Map<string, Exact> {
  const given = Object.entries(variables);
  if (given.length > MAX_VARIABLES) throw new CalculationError(`At most ${MAX_VARIABLES} variables can be given.`);
  const values = new Map(constantValues);
  for (const [name, value] of given) {
    if (!VARIABLE_NAME.test(name) || name.length > MAX_NAME_LENGTH) {
      throw new CalculationError(
        `"${name.slice(0, MAX_NAME_LENGTH)}" can't be the name of a variable: use up to ${MAX_NAME_LENGTH} letters, digits and _, and begin with no digit.`,
      );
    }
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new CalculationError(`The variable "${name}" must be a finite number.`);
    values.set(name, exact(value));
  }
  return values;
}

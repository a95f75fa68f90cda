import * as z from 'zod';
import { CalculationError } from '../calculator/errors.js';
import { DECIMAL, OPERAND_DIGITS, OPERAND_LENGTH, isDecimal } from '../calculator/exact.js';
import type { Operand } from '../calculator/exact.js';
import { formatNumber } from '../calculator/format.js';

const IN_WORDS = `must be a number, or a decimal of at most ${OPERAND_DIGITS} digits in a string, such as "9007199254740993"`;

const decimal = z
  .string()
  .max(OPERAND_LENGTH, { abort: true })
  .regex(DECIMAL, { abort: true })
  .refine(isDecimal, { error: IN_WORDS });

/** A number to calculate with: a JSON number, or a string for whoever has more digits than such a number keeps. */
export const operandSchema = z.union([z.number(), decimal], { error: IN_WORDS });

/**
 * An operand whose digits are those that its sender meant. Throws {@link CalculationError} for a number beyond 2^53: most clients
 * round it before they send it, so nobody can tell any more.
 */
export function reliable(given: Operand): Operand {
  if (typeof given === 'string' || Math.abs(given) <= Number.MAX_SAFE_INTEGER) return given;
  throw new CalculationError(
    `${formatNumber(given)} is beyond 2^53, where a JSON number does not keep every digit: give it as a string of its digits, "${formatNumber(given)}".`,
  );
}

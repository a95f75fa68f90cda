import { exact } from './exact.js';
import type { Exact, Operand } from './exact.js';

/** Digits of a decimal that no double can stand for. */
const DIGITS_SHOWN = 15;

/** Places before the point, and zeros behind it, up to which a decimal is written without an exponent. */
const PLAIN_PLACES = 60;
const PLAIN_ZEROS = 6;

/** A number as its shortest decimal text that reads back as the same double; negative zero is 0. Digits that were given stay. */
export function formatNumber(value: Operand): string {
  return typeof value === 'number' ? String(value) : formatInFull(exact(value));
}

/** All digits of a decimal; a double as {@link formatNumber} has it. */
export function formatInFull(value: Exact): string {
  const nearest = value.toNumber();
  if (Number.isFinite(nearest) && exact(nearest).equals(value)) return formatNumber(nearest);
  return value.e < PLAIN_PLACES && value.e >= -PLAIN_ZEROS - 1 ? value.toFixed() : value.toString();
}

/** A number where a sign would be misread: `5 - (-3)`, `(-2) ^ 4`. */
export function formatOperand(value: Operand): string {
  return inParentheses(formatNumber(value));
}

/** An intermediate result, which may lie outside the range of a double. */
export function formatExact(value: Exact): string {
  const nearest = value.toNumber();
  const inRange = Number.isFinite(nearest) && (nearest !== 0 || value.isZero());
  return inRange ? formatNumber(nearest) : value.toSignificantDigits(DIGITS_SHOWN).toString();
}

/** The same where a sign would be misread. */
export function formatExactOperand(value: Exact): string {
  return inParentheses(formatExact(value));
}

/** A number that is text already, where a sign would be misread. */
export function inParentheses(text: string): string {
  return text.startsWith('-') ? `(${text})` : text;
}

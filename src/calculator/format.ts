import type { Exact } from './exact.js';

/** Digits of a decimal that no double can stand for. */
const DIGITS_SHOWN = 15;

/** A number as its shortest decimal text that reads back as the same double; negative zero is 0. */
export function formatNumber(value: number): string {
  return String(value);
}

/** A number where a sign would be misread: `5 - (-3)`, `(-2) ^ 4`. */
export function formatOperand(value: number): string {
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

function inParentheses(text: string): string {
  return text.startsWith('-') ? `(${text})` : text;
}

import { CalculationError } from '../errors.js';

/**
 * Steps that one expression may take. A sum is one; the others are counted in how much longer they take, at about 10 µs
 * each: a thousand characters hold a hundred inverse cosines, which would keep everybody else waiting.
 */
export const EXPRESSION_STEPS = 2_000;

/** What is left of the steps of an expression. */
export class Budget {
  private left = EXPRESSION_STEPS;

  /** Throws {@link CalculationError} where that is more than is left. */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0)
      throw new CalculationError(
        `The expression takes more than ${EXPRESSION_STEPS} steps of computing. Evaluate it in parts.`,
      );
  }
}

/** A calculation that has no answer, or none that fits a number. The message says what is wrong and what to do. */
export class CalculationError extends Error {
  readonly code = 'CALCULATION_ERROR';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CalculationError';
  }
}

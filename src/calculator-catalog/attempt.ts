import { CalculationError } from '../calculator/errors.js';
import { ToolError } from '../catalog/errors.js';

/** Runs a calculation; one that has no answer throws a {@link ToolError} in the same words. */
export function attempt<T>(calculation: () => T): T {
  try {
    return calculation();
  } catch (error) {
    if (error instanceof CalculationError) throw new ToolError(error.message, { cause: error });
    throw error;
  }
}

import { formatResult } from '../calculator/result.js';
import type { CallContext, Calculation } from '../catalog/context.js';

/** How many calculations are told to a person or a model that asks for the history. */
export const RECENT = 10;

/** The latest calculations as a Markdown list, newest first; undefined where there are none, or no session. */
export async function recentCalculations({ session, history }: CallContext): Promise<string | undefined> {
  if (session === undefined) return undefined;
  const calculations = await history.list(RECENT);
  return calculations.length > 0 ? asList(calculations) : undefined;
}

/** Calculations as a Markdown list. */
export function asList(calculations: readonly Calculation[]): string {
  return calculations.map((calculation) => `- ${calculation.expression} = ${formatResult(calculation)}`).join('\n');
}

import { formatResult } from '../calculator/result.js';
import type { CallContext, Calculation } from '../catalog/context.js';

/** How many calculations are told to a person or a model that asks for the history. */
export const RECENT = 10;

/** The latest calculations as a Markdown list, newest first; undefined where there are none, or nothing is kept. */
export async function recentCalculations({ history }: CallContext): Promise<string | undefined> {
  if (history.kept === undefined) return undefined;
  const calculations = await history.list(RECENT);
  return calculations.length > 0 ? asList(calculations) : undefined;
}

/** Why nothing is kept of this call, and what would be done about it. */
export function noHistory({ history }: CallContext): string {
  return history.open
    ? 'This call keeps no history: give it the historyId that open_history answers, or sign in.'
    : 'This server is stateless and keeps no history.';
}

/** Calculations as a Markdown list. */
export function asList(calculations: readonly Calculation[]): string {
  return calculations.map((calculation) => `- ${calculation.expression} = ${formatResult(calculation)}`).join('\n');
}

import * as z from 'zod';
import { formatResult } from '../../calculator/result.js';
import { calculationSchema } from '../calculation-schema.js';
import type { Calculation } from '../../catalog/context.js';
import { defineTool, type Content } from '../../catalog/define.js';
import { noHistory } from '../recent-calculations.js';
import { calculationUri } from '../record-calculation.js';

const MAX_LIMIT = 25;
const DEFAULT_LIMIT = 10;

export const historySummary = defineTool({
  name: 'history_summary',
  title: 'History summary',
  description: "The history's latest calculations, newest first, each with a link to its resource where it has one.",
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  history: 'uses',
  inputSchema: z.object({
    limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe('How many calculations to show at most'),
  }),
  outputSchema: z.object({
    calculations: z.array(calculationSchema).describe('Newest first'),
    total: z.int().min(0).describe('How many calculations the history has seen, those no longer kept included'),
  }),
  async handler({ limit }, context) {
    const { history } = context;
    if (!history.kept) {
      return {
        content: [{ type: 'text', text: noHistory(context) }],
        structuredContent: { calculations: [], total: 0 },
      };
    }
    const calculations = await history.list(limit);
    const total = Math.max(await history.count(), calculations.length);
    // What was opened has no resources: its id would stand in their URIs.
    const links = history.kept === 'own' ? calculations.map(linkTo) : [];
    return {
      content: [{ type: 'text', text: summary(calculations, total) }, ...links],
      structuredContent: { calculations, total },
    };
  },
});

function summary(calculations: readonly Calculation[], total: number): string {
  if (calculations.length === 0) return 'Nothing has been calculated in this session yet.';
  const lines = calculations.map(
    (calculation, index) => `${index + 1}. ${equation(calculation)} (${calculation.operation})`,
  );
  return [`The latest ${calculations.length} of ${total} calculations, newest first:`, ...lines].join('\n');
}

function equation(calculation: Calculation): string {
  return `${calculation.expression} = ${formatResult(calculation)}`;
}

function linkTo(calculation: Calculation): Content {
  const { id, timestamp } = calculation;
  return {
    type: 'resource_link',
    uri: calculationUri(id),
    name: id,
    title: equation(calculation),
    mimeType: 'application/json',
    annotations: { lastModified: timestamp },
  };
}

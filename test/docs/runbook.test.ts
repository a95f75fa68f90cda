import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REFUSALS } from '../../src/http/reasons.js';
import { READINESS } from '../../src/http/routes/health.js';
import { createMetrics, SESSION_ENDS } from '../../src/metrics.js';
import { FAILURE_KINDS } from '../../src/sessions/redis/options.js';
import { parseExposition } from '../helpers/exposition.js';

const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

/** The first cells of the table whose head begins with a word, in the section of that title. */
function told(section: string, head: string): string[] {
  const text = runbook.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  const table = text.split('\n\n').find((block) => block.startsWith(`| ${head} |`)) ?? '';
  const [, , ...rows] = table.trim().split('\n');
  expect(rows.length, `${section}, ${head}`).toBeGreaterThan(0);
  for (const row of rows) expect(row.split('|').length, row).toBeGreaterThan(3);
  return rows.map((row) => /^\| `(\w+)` \|/.exec(row)?.[1] ?? row);
}

describe('the runbook tells of all that the program says, and of nothing else:', () => {
  test('the states of readiness', () => {
    expect(told('Readiness', 'state').sort()).toEqual([...READINESS].sort());
  });

  test('the reasons of refusals', () => {
    expect(told('Why requests are refused', 'reason')).toEqual([...REFUSALS].sort());
  });

  test('why sessions end', () => {
    expect(told('A session, from the log', 'reason').sort()).toEqual([...SESSION_ENDS].sort());
  });

  test('the metrics', async () => {
    const metrics = await createMetrics({ tools: [], processFigures: false });
    const names = [...parseExposition((await metrics.render()).text).keys()];
    expect(told('Metrics', 'metric').sort()).toEqual(names.sort());
  });

  test('the kinds of store errors', () => {
    expect(told('Metrics', 'kind').sort()).toEqual([...FAILURE_KINDS].sort());
  });
});

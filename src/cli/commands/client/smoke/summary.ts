import type { SmokeReport, SmokeResult } from '../../../../client/smoke/report.js';
import { oneLine } from '../../../../text/harmless.js';
import { annotationCommand } from '../../../workflow-commands.js';
import { MARKS } from './table.js';

/** Annotations of one step: GitHub shows ten of a level. */
const ANNOTATIONS = 50;
/** Characters of a step summary, of which GitHub takes a megabyte. */
const SUMMARY_CHARACTERS = 200_000;

/** The lines that have GitHub show what failed, and what warns, beside the step. */
export function annotationsOf({ results }: SmokeReport): string[] {
  return worst(results)
    .slice(0, ANNOTATIONS)
    .map(({ group, name, outcome, detail = '' }) =>
      annotationCommand({
        level: outcome === 'failed' ? 'error' : 'warning',
        title: `smoke, ${group}: ${oneLine(name)}`,
        message: detail === '' ? name : detail,
      }),
    );
}

/** The report as Markdown, for the page of a workflow's run. */
export function summaryOf({ server, results, notCalled, ...counts }: SmokeReport): string {
  const rows: string[] = [];
  let room = SUMMARY_CHARACTERS;
  for (const { group, name, outcome, detail = '' } of worst(results)) {
    const row = `| ${MARKS[outcome]} | ${plain(group)} | ${plain(name)} | ${plain(detail)} |`;
    room -= row.length;
    if (room < 0) {
      rows.push('', 'There is more: see the report.');
      break;
    }
    rows.push(row);
  }
  return [
    `### ${counts.failed > 0 ? MARKS.failed : MARKS.passed} Smoke test of ${plain(server)}`,
    '',
    `${counts.passed} passed, ${counts.warned} warned, ${counts.failed} failed, ${counts.skipped} skipped`,
    ...(rows.length > 0 ? ['', '| | group | check | found |', '|---|---|---|---|', ...rows] : []),
    ...(notCalled.length > 0
      ? [
          '',
          `Not called, since they are not marked as read-only: ${plain(notCalled.join(', ').slice(0, SUMMARY_CHARACTERS))}`,
        ]
      : []),
    '',
  ].join('\n');
}

/** What failed, then what warns. */
function worst(results: readonly SmokeResult[]): SmokeResult[] {
  return (['failed', 'warned'] as const).flatMap((kind) => results.filter(({ outcome }) => outcome === kind));
}

/** Text of others as Markdown shows it letter for letter: no link, no image, no table, no HTML. */
function plain(text: string): string {
  return oneLine(text).replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`);
}

import { appendFileSync, writeFileSync } from 'node:fs';
import type { SmokeReport } from '../../../../client/smoke/report.js';
import { CliError } from '../../../errors.js';
import { inActions } from '../../../workflow-commands.js';

/** Writes the report where a CI system looks for it: as JUnit, and in GitHub Actions as annotations and in the summary of the step. */
export async function publish(report: SmokeReport, junit: string | undefined): Promise<void> {
  if (junit !== undefined) {
    const { renderJunit } = await import('../../../../client/smoke/junit.js');
    write('--junit', junit, () => writeFileSync(junit, renderJunit(report)));
  }
  if (!inActions()) return;
  const { annotationsOf, summaryOf } = await import('./summary.js');
  // To stderr, where the runner reads them as well: stdout may be read by a program.
  for (const line of annotationsOf(report)) process.stderr.write(`${line}\n`);
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) write('GITHUB_STEP_SUMMARY', summary, () => appendFileSync(summary, summaryOf(report)));
}

function write(what: string, file: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    throw new CliError(`${what}: ${file} can't be written: ${(cause as Error).message}`, { cause });
  }
}

import { setMaxListeners } from 'node:events';
import { within } from '../net/time-limit.js';
import { oneLine } from '../text/harmless.js';
import { failure, info, reasonOf } from './check.js';
import type { Check, Finding, Level } from './check.js';
import type { DoctorContext } from './context.js';

export interface CheckReport {
  readonly id: string;
  readonly title: string;
  /** How long it took. */
  readonly ms: number;
  readonly findings: readonly Finding[];
}

export interface ExamineOptions {
  /** Milliseconds that each check may take, in place of its own limit. */
  readonly timeoutMs?: number;
  /** Stops every check; what their reports then say is not worth reading. */
  readonly signal?: AbortSignal;
}

/** Findings of one check that are kept; what is beyond is counted. */
const MAX_FINDINGS = 30;
const LONGEST_TEXT = 600;
/** What may wait for the end of one check: the connections of several handshakes at once. */
const MAX_LISTENERS = 200;

/** A report, and whether what comes after it can be examined at all. */
interface Outcome {
  readonly report: CheckReport;
  readonly passable: boolean;
}

/**
 * Starts all the checks that apply, at once but for those that wait for another one, and gives their reports in the
 * order of the list. None of the promises rejects. A check must stand after the one that it waits for.
 */
export function examine(
  checks: readonly Check[],
  context: DoctorContext,
  options: ExamineOptions = {},
): { check: Check; report: Promise<CheckReport> }[] {
  const outcomes = new Map<string, Promise<Outcome>>();
  for (const check of checks.filter((each) => each.applies?.(context) ?? true)) {
    const before = check.after === undefined ? undefined : outcomes.get(check.after);
    outcomes.set(check.id, runAfter(before, check, context, options));
  }
  return checks.flatMap((check) => {
    const outcome = outcomes.get(check.id);
    return outcome === undefined ? [] : [{ check, report: outcome.then(({ report }) => report) }];
  });
}

async function runAfter(
  before: Promise<Outcome> | undefined,
  check: Check,
  context: DoctorContext,
  options: ExamineOptions,
): Promise<Outcome> {
  if (before !== undefined && !(await before).passable) {
    return {
      report: {
        id: check.id,
        title: check.title,
        ms: 0,
        findings: [info('not examined: it would fail for the same cause')],
      },
      passable: false,
    };
  }
  const started = performance.now();
  const findings = bounds(await bounded(check, context, options));
  const report = { id: check.id, title: check.title, ms: Math.round(performance.now() - started), findings };
  return { report, passable: worst(findings) !== 'failure' };
}

async function bounded(
  check: Check,
  context: DoctorContext,
  { timeoutMs = check.timeoutMs, signal }: ExamineOptions,
): Promise<readonly Finding[]> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  // All checks that run at once listen to the one signal.
  setMaxListeners(MAX_LISTENERS, abort.signal, ...(signal ? [signal] : []));
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  const done = check
    .run(context, abort.signal)
    .catch((error: unknown) => [
      failure(
        `the check broke off: ${reasonOf(error)}`,
        `Run it alone: LOG_LEVEL=debug mcp-calc doctor --only ${check.id}`,
      ),
    ]);
  const findings = await within(done, timeoutMs, () => {
    abort.abort();
    return [
      failure(
        `not done within ${timeoutMs / 1_000} s`,
        `Give it longer: mcp-calc doctor --only ${check.id} --timeout ${Math.ceil((timeoutMs * 3) / 1_000)}`,
      ),
    ];
  });
  signal?.removeEventListener('abort', stop);
  // Ends what a check that is done has left running.
  abort.abort();
  return findings;
}

function bounds(findings: readonly Finding[]): Finding[] {
  const kept = findings.slice(0, MAX_FINDINGS).map(fitForTerminal);
  const left = findings.slice(MAX_FINDINGS);
  if (left.length > 0) kept.push({ level: worst(left), message: `and ${left.length} more of the kind` });
  return kept;
}

/** Messages quote servers and files of others: no control characters reach the terminal. */
function fitForTerminal({ level, subject, message, fix }: Finding): Finding {
  const plain = (text: string): string => oneLine(text, LONGEST_TEXT);
  return { level, subject: subject && plain(subject), message: plain(message), fix: fix && plain(fix) };
}

const SEVERITY: readonly Level[] = ['info', 'ok', 'warning', 'failure'];

/** The worst level among findings; `info` where there are none. */
export function worst(findings: readonly Finding[]): Level {
  return SEVERITY[Math.max(0, ...findings.map(({ level }) => SEVERITY.indexOf(level)))] ?? 'info';
}

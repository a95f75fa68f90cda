import { stripVTControlCharacters } from 'node:util';
import { failure } from './check.js';
import type { Check, Finding, Level } from './check.js';
import type { DoctorContext } from './context.js';
import { reasonOf } from './reason.js';

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
}

/** Findings of one check that are kept; what is beyond is counted. */
const MAX_FINDINGS = 30;
const LONGEST_TEXT = 600;

/**
 * Starts all the checks that apply, at once, and gives their reports in the order of the list, each as soon as it and
 * those before it are there. None of the promises rejects.
 */
export function examine(checks: readonly Check[], context: DoctorContext, options: ExamineOptions = {}): { check: Check; report: Promise<CheckReport> }[] {
  return checks
    .filter((check) => check.applies?.(context) ?? true)
    .map((check) => ({ check, report: runCheck(check, context, options.timeoutMs ?? check.timeoutMs) }));
}

async function runCheck(check: Check, context: DoctorContext, timeoutMs: number): Promise<CheckReport> {
  const started = performance.now();
  const findings = await bounded(check, context, timeoutMs);
  return { id: check.id, title: check.title, ms: Math.round(performance.now() - started), findings: fitForTerminal(findings) };
}

async function bounded(check: Check, context: DoctorContext, timeoutMs: number): Promise<readonly Finding[]> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => {
      resolve([failure(`not done within ${timeoutMs / 1_000} s`, `Give it longer: mcp-calc doctor --only ${check.id} --timeout ${Math.ceil((timeoutMs * 3) / 1_000)}`)]);
      abort.abort();
    }, timeoutMs);
  });
  const done = check
    .run(context, abort.signal)
    .catch((error: unknown) => [failure(`the check broke off: ${reasonOf(error)}`, `Run it alone: LOG_LEVEL=debug mcp-calc doctor --only ${check.id}`)]);
  const findings = await Promise.race([done, tooLong]);
  clearTimeout(timer);
  // Ends what a check that is done has left running.
  abort.abort();
  return findings;
}

/** Messages quote servers and files of others: no control characters reach the terminal. */
function fitForTerminal(findings: readonly Finding[]): Finding[] {
  const kept = findings.slice(0, MAX_FINDINGS).map(({ level, message, fix }) => ({ level, message: plain(message), ...(fix !== undefined && { fix: plain(fix) }) }));
  const left = findings.slice(MAX_FINDINGS);
  if (left.length > 0) kept.push({ level: worst(left), message: `and ${left.length} more of the kind` });
  return kept;
}

function plain(text: string): string {
  const line = stripVTControlCharacters(text).replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line;
}

const SEVERITY: readonly Level[] = ['info', 'ok', 'warning', 'failure'];

/** The worst level among findings; `info` where there are none. */
export function worst(findings: readonly Finding[]): Level {
  return SEVERITY[Math.max(0, ...findings.map(({ level }) => SEVERITY.indexOf(level)))] ?? 'info';
}

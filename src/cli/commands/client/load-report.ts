import type { LoadReport } from '../../../client/load/run.js';
import { oneLine } from '../../../text/harmless.js';
import type { Output } from '../../output.js';
import { wrap } from '../../table.js';

/** What was put under load, and how. */
export interface LoadSubject {
  readonly target: string;
  readonly tool: string;
  readonly connections: number;
  readonly callers: number;
  readonly rps: number | undefined;
}

/** Columns where there is no terminal, and where the bars end on a wide one. */
const WIDEST = 80;
/** Columns of what stands before a bar and after it. */
const BESIDE_BAR = 25;
/** A client that is busy for more of its time may be what was measured. */
const BUSY = 0.9;

/** The report for people: lines that fit the terminal. */
export function renderLoad(
  { target, tool, connections, callers, rps }: LoadSubject,
  report: LoadReport,
  { colours, width }: Pick<Output, 'colours' | 'width'>,
): string[] {
  const columns = Math.min(width(), WIDEST);
  const { calls, failed, givenUp, notBegun, seconds, perSecond, latencyMs, clientBusy, endedBy } = report;
  const how = `${rps === undefined ? '' : `${count(rps)} calls a second, `}${many(connections, 'connection')}${callers > connections ? `, ${callers} calls at once` : ''}`;
  const rows: [string, string][] = [
    ['Tool', oneLine(tool)],
    ['Server', target],
    ['Load', how],
    ['Calls', `${count(calls)} in ${seconds.toFixed(1)} s, ${rateOf(perSecond)} a second`],
    ['Failed', calls === 0 ? '0' : `${count(failed)} (${((failed / calls) * 100).toFixed(failed > 0 ? 1 : 0)} %)`],
  ];
  const lines = rows.flatMap(([title, value]) =>
    wrap(value, columns - 8).map((part, at) => `${colours.bold((at === 0 ? title : '').padEnd(8))}${part}`),
  );
  for (const failure of report.failures) {
    const example = failure.kind.includes(failure.example) ? '' : `: ${failure.example}`;
    for (const [at, part] of wrap(`${failure.kind}${example}`, columns - 10).entries())
      lines.push(colours.red(`${(at === 0 ? count(failure.count) : '').padStart(8)}  ${part}`));
  }
  const remarks = [
    endedBy === 'interrupt' && `Ended before its time; ${many(givenUp, 'call')} had no answer yet.`,
    endedBy === 'server' && `The server closed the connection; ${many(givenUp, 'call')} had no answer yet.`,
    notBegun > 0 && `${many(notBegun, 'call')} could not begin in time: every connection waited for an answer.`,
    clientBusy >= BUSY &&
      `This client's own processor was the limit (busy ${Math.round(clientBusy * 100)} % of the time): the server may be faster.`,
  ].filter((line) => line !== false);
  for (const remark of remarks) for (const part of wrap(remark, columns)) lines.push(colours.yellow(part));
  if (latencyMs === undefined) return lines;
  lines.push('', colours.bold(failed > 0 ? 'Latency of those that succeeded' : 'Latency'));
  for (const [name, ms] of Object.entries(latencyMs)) lines.push(`${name.padEnd(6)} ${time(ms).padStart(9)}`);
  return [...lines, '', ...bars(report.histogram, columns, colours.cyan)];
}

function bars(histogram: LoadReport['histogram'], columns: number, colour: (text: string) => string): string[] {
  const most = Math.max(...histogram.map((range) => range.count));
  const room = Math.max(1, columns - BESIDE_BAR);
  return histogram.map((range) => {
    const cells = Math.ceil((range.count / most) * room);
    const label = range.toMs === Infinity ? `over ${time(range.fromMs)}` : `to ${time(range.toMs)}`;
    return `${label.padStart(12)}  ${cells > 0 ? `${colour('█'.repeat(cells))} ` : ''}${count(range.count)}`;
  });
}

/** `0.84 ms`, `12.3 ms`, `1.20 s`: three digits. */
function time(ms: number): string {
  const [value, unit] = ms >= 1_000 ? [ms / 1_000, 's'] : [ms, 'ms'];
  const shown =
    value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
  return `${shown} ${unit}`;
}

function rateOf(perSecond: number): string {
  return perSecond >= 100 ? count(Math.round(perSecond)) : perSecond.toFixed(1);
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function many(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}

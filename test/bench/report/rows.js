import { subjects } from '../subjects/index.js';
import { works } from '../workloads/turns.js';
import { judge } from './targets.js';
import { figuresOf, ratio } from './summary.js';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const KB = 1024;

/** Every table that there are figures for: `{ title, head, rows }` of texts. The first one holds the targets. */
export function tablesOf(results) {
  return [
    targetTable(results),
    ...Object.keys(works).map((work) => workTable(results, work)),
    ...otherTables(results),
  ].filter(({ rows }) => rows.length > 0);
}

function targetTable(results) {
  return {
    title: 'Targets',
    head: ['work', 'target', 'measured', 'the usual pattern', ''],
    rows: judge(results).map(({ title, target, shown, usual, passed }) => [
      title,
      target,
      shown,
      usual,
      passed ? '✓' : '✗',
    ]),
  };
}

function workTable(results, work) {
  const { title, unit } = works[work];
  const rows = Object.entries(subjects).flatMap(([name, subject]) => {
    const figures = figuresOf(results, work, name);
    if (!figures) return [];
    const { perSecond, cpuMicros, p99 } = figures;
    const cpuRatio = ratio(results, work, name, undefined, 'cpuMicros');
    return [
      [
        subject.title,
        whole.format(perSecond),
        times(ratio(results, work, name)),
        micros(cpuMicros),
        times(cpuRatio),
        `${p99} ms`,
      ],
    ];
  });
  return { title, head: ['', `${unit} a second`, '× Express', 'CPU', '× Express by CPU', 'p99'], rows };
}

function otherTables({ idleSessions, idleListeners, idleListens, coldStart, npx, catalogCurve, sessionsCurve }) {
  return [
    {
      title: 'Resident memory of what is idle',
      head: ['', 'KB'],
      rows: [
        ...Object.entries(idleSessions ?? {}).map(([name, bytes]) => [
          `session, ${subjects[name].title}`,
          kilobytes(bytes),
        ]),
        ...Object.entries(idleListeners ?? {}).flatMap(([name, counts]) =>
          Object.entries(counts).map(([count, bytes]) => [
            `listener, of ${whole.format(count)}, ${subjects[name].title}`,
            kilobytes(bytes),
          ]),
        ),
        ...Object.entries(idleListens ?? {}).map(([count, bytes]) => [
          `\`subscriptions/listen\`, of ${whole.format(count)}, ${subjects.memory.title}`,
          kilobytes(bytes),
        ]),
      ],
    },
    {
      title: 'Cold start',
      head: ['', 'ms', '× `node -e 0`'],
      rows: [
        ...(coldStart
          ? [
              ['`node -e 0`', whole.format(coldStart.nothing.ms), times(1)],
              ['mcp-calc stdio', whole.format(coldStart.product.ms), times(coldStart.product.ratio)],
              ['usual pattern, stdio', whole.format(coldStart.sdk.ms), times(coldStart.sdk.ratio)],
              ['mcp-calc --help', whole.format(coldStart.help.ms), times(coldStart.help.ratio)],
            ]
          : []),
        ...(npx
          ? [
              [
                `npx of the tarball, caches empty: ${npx.packages} packages, ${whole.format(npx.installedBytes / KB / KB)} MB`,
                whole.format(npx.seconds * 1000),
                '',
              ],
            ]
          : []),
      ],
    },
    curveTable('Cost of a call by the size of the catalog', 'tools', catalogCurve),
    curveTable('Cost of a call by the number of sessions', 'sessions', sessionsCurve),
  ];
}

function curveTable(title, unit, curves = {}) {
  const rows = Object.entries(curves).flatMap(([name, points]) =>
    points.map(({ size, perSecond, cpuMicros }) => [
      subjects[name].title,
      `${whole.format(size)} ${unit}`,
      whole.format(perSecond),
      micros(cpuMicros),
    ]),
  );
  return { title, head: ['', '', 'calls a second', 'CPU'], rows };
}

function times(value) {
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}

function micros(value) {
  return Number.isFinite(value) ? `${whole.format(value)} µs` : '–';
}

function kilobytes(bytes) {
  return Number.isFinite(bytes) ? (bytes / KB).toFixed(1) : '–';
}

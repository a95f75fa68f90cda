import { tablesOf } from './rows.js';

/** All the figures as text for a terminal. */
export function terminalTables(results) {
  const { machine, settings, took, notes } = results;
  const head = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}; ${machine.pinned ? 'server and load each on a core' : 'not pinned'}`,
    `Median of ${settings.rounds} rounds of ${settings.seconds} s; ${took} s in all. CPU: time of the server's processes for one request.`,
  ];
  const tables = tablesOf(results).map(
    ({ title, head: names, rows }) => `\n${plain(title)}\n${align([names, ...rows])}`,
  );
  return [...head, ...tables, ...notes.map((note) => `\nNote: ${note}`)].join('\n');
}

function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => plain(row[column]).length)));
  const numeric = widths.map(
    (_, column) => column > 0 && rows.slice(1).every((row) => /^[–✓✗\d]/.test(row[column]) || row[column] === ''),
  );
  return rows
    .map((row) =>
      row.map((cell, column) =>
        numeric[column] ? plain(cell).padStart(widths[column]) : plain(cell).padEnd(widths[column]),
      ),
    )
    .map((cells) => `  ${cells.join('  ').trimEnd()}`)
    .join('\n');
}

function plain(text) {
  return text.replaceAll('`', '');
}

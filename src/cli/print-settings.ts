import { shownSettings } from '../config/index.js';
import type { Flags, ServeCommand } from '../config/index.js';
import { createOutput } from './output.js';
import { renderTable, wrap } from './table.js';

/** In fewer columns a setting takes several lines. */
const TABLE_FROM = 60;

/** Prints every setting of a command as it would be served: a table, or JSON. Throws a ConfigError where a server would not start. */
export function printSettings(
  command: ServeCommand,
  flags: Flags,
  fromFile: ReadonlySet<string>,
  asJson: boolean,
): void {
  const output = createOutput();
  const rows = shownSettings(command, flags, process.env, fromFile);
  if (asJson) {
    const settings = Object.fromEntries(rows.map(({ name, flag = null, ...row }) => [name, { flag, ...row }]));
    return output.printJson({ command, settings });
  }
  const width = output.width();
  const { dim } = output.colours;
  const named = rows.map(({ flag, variable, value, from }) => ({
    title: flag ?? variable,
    value: value ?? '–',
    from: from === 'variable' || from === 'file' ? `${from} ${variable}` : from,
  }));
  if (width < TABLE_FROM) {
    for (const { title, value, from } of named) {
      output.print(title);
      // Nothing is cut: a value is what was asked for.
      for (const line of wrap(value, width - 2)) output.print(`  ${line}`);
      output.print(dim(`  ${from}`));
    }
    return;
  }
  const lines = renderTable(named, {
    columns: [
      { title: 'SETTING', value: (row) => row.title, fixed: true },
      {
        title: 'FROM',
        value: (row) => row.from,
        fixed: true,
        style: (text, row) => (row.from === 'default' ? dim(text) : text),
      },
      { title: 'VALUE', value: (row) => row.value, fixed: true },
    ],
    width: Infinity,
    style: dim,
  });
  for (const line of lines) output.print(line);
}

import { shownDefault } from './setting.js';
import type { Setting } from './setting.js';
import { settingsOf } from './settings/index.js';

/** All settings as a Markdown table, in the order of their groups: flag, variable, default, bound, meaning, commands. */
export function settingsTable(): string {
  const rows = settingsOf().map(([, setting]) => setting);
  const groups = [...new Set(rows.map((setting) => setting.group))];
  const ordered = groups.flatMap((group) => rows.filter((setting) => setting.group === group));
  return [
    '| flag | variable | default | allowed | what | commands |',
    '|---|---|---|---|---|---|',
    ...ordered.map(row),
  ].join('\n');
}

function row(setting: Setting): string {
  const cells = [
    setting.flag === undefined ? '' : `\`${setting.flag}\``,
    `\`${setting.env}\``,
    shownDefault(setting),
    setting.kind.allowed,
    setting.description,
    setting.commands.join(', '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

import { subjects } from '../subjects/index.js';
import { tablesOf } from './rows.js';

/** The figures as docs/speed.md shows them. */
export function speedTables(results) {
  const { date, command, machine, settings, notes } = results;
  const about =
    `Measured on ${date.slice(0, 10)} with \`${command}\`: ${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}` +
    `${machine.pinned ? ', server and load each on a core of its own' : ''}; the median of ${settings.rounds} rounds.`;
  const [targets, ...others] = tablesOf(results).map(({ title, head, rows }) => ({ title, text: table(head, rows) }));
  const details = others.map(({ title, text }) => `**${title}**\n\n${text}`).join('\n\n');
  return [
    about,
    targets.text,
    ...notes.map((note) => `- ${note}`),
    `<details><summary>All figures</summary>\n\n${details}\n\n${LOGS}\n\n</details>`,
  ].join('\n\n');
}

const LOGS = `Every subject runs as it does by default, with its output going to \`/dev/null\`: ${subjects.stateless.title.split(',')[0]} writes a log line for each request, the others none. Two workers and three nodes run on all cores, beside the load.`;

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

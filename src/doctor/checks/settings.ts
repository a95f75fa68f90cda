import { ConfigError, resolveConfig, settingsOf } from '../../config/index.js';
import type { ServeCommand } from '../../config/index.js';
import { nearest } from '../../text/near.js';
import { oneLine } from '../../text/harmless.js';
import { defineCheck, failure, info, ok, warning } from '../check.js';
import type { Finding } from '../check.js';

const COMMANDS: readonly ServeCommand[] = ['stdio', 'http', 'sse'];

const NAMES = [...new Set(settingsOf().map(([, setting]) => setting.env))];
/** What people put before a variable, expecting a prefix; our own have none. */
const PREFIX = /^MCP_(CALC_)?/;

/** A variable that nobody reads, and may be meant for the server. */
function nearMiss(name: string): Finding[] {
  if (NAMES.includes(name)) return [];
  const bare = name.replace(PREFIX, '');
  const meant = bare !== name && NAMES.includes(bare) ? bare : nearest(bare, NAMES);
  if (meant === undefined) return [];
  const shown = oneLine(name, NAME_CHARACTERS);
  return [
    warning(
      `${shown} is read by nobody here: did you mean ${meant}?`,
      `Rename it to ${meant}, or leave it to its program.`,
    ),
  ];
}

const NAME_CHARACTERS = 100;

export const settings = defineCheck({
  id: 'settings',
  title: 'Variables',
  timeoutMs: 1_000,
  async run({ env }) {
    const isSet = (name: string) => (env[name] ?? '').trim() !== '';
    const set = NAMES.filter(isSet);
    const missed = Object.keys(env).filter(isSet).flatMap(nearMiss);
    if (set.length === 0)
      return missed.length > 0 ? missed : [ok('none of the server is set: everything is at its default')];
    const problems = new Set(COMMANDS.flatMap((command) => problemsOf(command, env)));
    const findings = [...problems].map((problem): Finding => failure(problem, 'Correct the variable, or unset it.'));
    return [...missed, ...(findings.length > 0 ? findings : [info(`set for the server: ${set.join(', ')}`)])];
  },
});

function problemsOf(command: ServeCommand, env: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    resolveConfig(command, {}, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

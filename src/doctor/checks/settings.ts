import { ConfigError, resolveConfig, settingsOf } from '../../config/index.js';
import type { ServeCommand } from '../../config/index.js';
import { defineCheck, failure, info, ok } from '../check.js';
import type { Finding } from '../check.js';

const COMMANDS: readonly ServeCommand[] = ['stdio', 'http', 'sse'];

export const settings = defineCheck({
  id: 'settings',
  title: 'Variables',
  timeoutMs: 1_000,
  async run({ env }) {
    const set = [...new Set(settingsOf().map(([, setting]) => setting.env))].filter(
      (name) => (env[name] ?? '').trim() !== '',
    );
    if (set.length === 0) return [ok('none of the server is set: everything is at its default')];
    const problems = new Set(COMMANDS.flatMap((command) => problemsOf(command, env)));
    const findings = [...problems].map((problem): Finding => failure(problem, 'Correct the variable, or unset it.'));
    return findings.length > 0 ? findings : [info(`set for the server: ${set.join(', ')}`)];
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

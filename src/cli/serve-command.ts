import { Command, Option } from 'commander';
import { readEnvFile, resolveConfig, settingsOf, shownDefault } from '../config/index.js';
import type { ConfigOf, ServeCommand, Setting } from '../config/index.js';
import { CliError } from './errors.js';

/**
 * A command with a flag for each of its settings. The flags are not judged by commander: all of them
 * go to `resolveConfig`, which weighs them against the environment and reports everything that is wrong at once.
 * `serve` gets those besides that are of no setting.
 */
export function serveCommand<C extends ServeCommand>(
  name: C,
  serve: (config: ConfigOf<C>, flags: Record<string, unknown>, command: Command) => Promise<void>,
): Command {
  const command = new Command(name);
  for (const [, setting] of settingsOf(name)) {
    if (setting.flag !== undefined) command.addOption(optionOf(setting));
    if (setting.negatable) command.addOption(negated(setting));
  }
  for (const [flag, description] of OWN_OPTIONS)
    command.addOption(new Option(flag, description).helpGroup('Where settings come from:'));
  return command.action(async () => {
    const { envFile, printConfig, json, ...settings } = command.opts<Record<string, unknown>>();
    if (json && !printConfig) throw new CliError('--json is for --print-config: add it, or drop --json');
    const fromFile = typeof envFile === 'string' ? await addVariables(envFile) : new Set<string>();
    if (!printConfig) return serve(resolveConfig(name, settings, process.env), settings, command);
    const { printSettings } = await import('./print-settings.js');
    printSettings(name, settings, fromFile, json === true);
  });
}

const OWN_OPTIONS = [
  ['--env-file <file>', 'read variables from this file; those of the environment win'],
  ['--print-config', 'print every setting, without secrets, and where it comes from; serve nothing'],
  ['--json', 'print them as JSON'],
] as const;

/**
 * Adds a file's variables to those of the process, where other libraries and workers find them too, but for those that are there.
 * Answers with the names of those that are in force. Node 20 reads this flag by itself, wherever it stands, and has added them by then.
 */
async function addVariables(path: string): Promise<Set<string>> {
  const { default: cluster } = await import('node:cluster');
  // A worker has them from its primary; the file may be gone by now.
  if (cluster.isWorker) return new Set();
  const inForce = Object.entries(readEnvFile(path)).filter(
    ([variable, value]) => (process.env[variable] ?? value) === value,
  );
  for (const [variable, value] of inForce) process.env[variable] = value;
  return new Set(inForce.map(([variable]) => variable));
}

/** `--no-console`, beside `--console`. */
function negated({ flag, group, env }: Setting): Option {
  const name = flag?.slice('--'.length);
  return new Option(`--no-${name}`, `no ${name} (${env}=false)`).helpGroup(`${group}:`);
}

function optionOf(setting: Setting): Option {
  const shown = setting.kind.isSwitch ? '' : shownDefault(setting);
  const notes = [setting.env, ...(shown === '' ? [] : [`default: ${shown}`])];
  const option = new Option(setting.flag ?? '', `${setting.description} (${notes.join(', ')})`).helpGroup(
    `${setting.group}:`,
  );
  // Only for the help and the completion: `Option.choices()` would refuse the first wrong value by itself.
  if (setting.kind.choices !== undefined) option.argChoices = [...setting.kind.choices];
  if (setting.kind.isList)
    option.argParser((value: string, before: string | undefined) =>
      before === undefined ? value : `${before},${value}`,
    );
  return option;
}

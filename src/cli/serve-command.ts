import { Command, Option } from 'commander';
import { resolveConfig, settingsOf, shownDefault } from '../config/index.js';
import type { ConfigOf, ServeCommand, Setting } from '../config/index.js';

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
  return command.action(async () => serve(resolveConfig(name, command.opts(), process.env), command.opts(), command));
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

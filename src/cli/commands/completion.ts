import { Argument, Command, Option } from 'commander';
import { bashScript } from '../completion/bash.js';
import { fishScript } from '../completion/fish.js';
import { treeOf } from '../completion/tree.js';
import { ownBinary } from '../this-machine.js';
import { zshScript } from '../completion/zsh.js';
import { withExamples } from '../help.js';
import { createOutput } from '../output.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;

export function completionCommand(): Command {
  const command = new Command('completion')
    .description('Prints a script that completes commands, flags and their values in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .action((shell: Shell) => {
      const self = [process.execPath, ownBinary()];
      createOutput().print(SCRIPTS[shell](treeOf(command.parent ?? command), self).trimEnd());
    });
  command.addCommand(proposeCommand(command), { hidden: true });
  return withExamples(command, [
    ['eval "$(mcp-calc completion bash)"', 'bash: in ~/.bashrc'],
    ['eval "$(mcp-calc completion zsh)"', 'zsh: in ~/.zshrc, after compinit'],
    ['mcp-calc completion fish > ~/.config/fish/conf.d/mcp-calc.fish', 'fish: once'],
    ['eval "$(npx mcp-calc completion bash)"', 'without an installed mcp-calc: after npx it completes as well'],
  ]);
}

/** For the scripts: a line for each proposal, `+` before one that is whole and `~` before one of which more can be typed. */
function proposeCommand(parent: Command): Command {
  return new Command('propose')
    .argument('[words...]')
    .addOption(new Option('--quoted').hideHelp())
    .allowUnknownOption(true)
    .action(async (words: string[], { quoted }: { quoted?: true }) => {
      const client = parent.parent?.commands.find((each) => each.name() === 'client');
      if (client === undefined) return;
      const { propose, withoutQuotes } = await import('../completion/propose.js');
      const output = createOutput();
      const all = await propose(quoted ? withoutQuotes(words) : words, client, output).catch(() => []);
      if (all.length > 0) output.print(all.map(({ word, isWhole }) => `${isWhole ? '+' : '~'}${word}`).join('\n'));
    });
}

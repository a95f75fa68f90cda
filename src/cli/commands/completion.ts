import { Argument, Command } from 'commander';
import { bashScript } from '../completion/bash.js';
import { fishScript } from '../completion/fish.js';
import { treeOf } from '../completion/tree.js';
import { zshScript } from '../completion/zsh.js';
import { withExamples } from '../help.js';
import { createOutput } from '../output.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;

export function completionCommand(): Command {
  const command = new Command('completion')
    .description('Prints a script that completes commands, flags and their values in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .action((shell: Shell) => createOutput().print(SCRIPTS[shell](treeOf(command.parent ?? command)).trimEnd()));
  return withExamples(command, [
    ['eval "$(mcp-calc completion bash)"', 'bash: in ~/.bashrc'],
    ['eval "$(mcp-calc completion zsh)"', 'zsh: in ~/.zshrc, after compinit'],
    ['mcp-calc completion fish > ~/.config/fish/completions/mcp-calc.fish', 'fish: once'],
  ]);
}

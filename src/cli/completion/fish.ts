import { flatten } from './tree.js';
import type { CommandNode, FlagNode } from './tree.js';

/** Completions for fish. */
export function fishScript(tree: CommandNode): string {
  const nodes = flatten(tree);
  const name = tree.name;
  return `# ${name} completion for fish. Save as ~/.config/fish/completions/${name}.fish
function __mcp_calc_at
    set -l known ${nodes
      .slice(1)
      .map(({ path }) => single(path))
      .join(' ')}
    set -l at ${name}
    for word in (commandline -opc)[2..-1]
        if contains -- "$at $word" $known
            set at "$at $word"
        end
    end
    test "$at" = "$argv"
end
complete -c ${name} -f
${nodes.flatMap((node) => lines(name, node)).join('\n')}
`;
}

function lines(name: string, node: CommandNode): string[] {
  const at = `complete -c ${name} -n ${single(`__mcp_calc_at ${node.path}`)}`;
  return [
    ...node.children.map((child) => `${at} -a ${single(child.name)} -d ${single(child.description)}`),
    ...node.words.map((word) => `${at} -a ${single(word)}`),
    ...node.flags.map((flag) => `${at} ${flagLine(flag)}`),
  ];
}

function flagLine({ names, description, takesValue, choices, isFile }: FlagNode): string {
  const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = !takesValue
    ? []
    : isFile
      ? ['-r', '-F']
      : choices.length > 0
        ? ['-x', `-a ${single(choices.join(' '))}`]
        : ['-x'];
  return [...spelled, ...value, `-d ${single(description)}`].join(' ');
}

function single(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

import { flatten } from './tree.js';
import type { CommandNode, FlagNode } from './tree.js';

/** Completions for fish. */
export function fishScript(tree: CommandNode, self: readonly string[]): string {
  const nodes = flatten(tree);
  const name = tree.name;
  return `# ${name} completion for fish. Save as ~/.config/fish/conf.d/${name}.fish
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
# What a server offers, or the names of servers: the program is asked, with the words up to the cursor.
function __mcp_calc_ask
    set -l program ${self.map(single).join(' ')}
    test -f $program[2]; or set program ${name}
    $program completion propose -- (commandline -opc)[2..-1] (commandline -ct | string unescape | string collect --allow-empty) 2>/dev/null </dev/null | string sub -s 2
end
function __mcp_calc_after_npx
    set -l words (commandline -opc)[2..-1]
    while string match -q -- '-*' "$words[1]"
        set -e words[1]
    end
    string escape -- $words
end
complete -c npx -n 'test (__mcp_calc_after_npx)[1] = ${name} 2>/dev/null' -f -a '(complete -C (string join " " -- (__mcp_calc_after_npx) (commandline -ct)))'
complete -c ${name} -f
${nodes.flatMap((node) => lines(name, node)).join('\n')}
`;
}

function lines(name: string, node: CommandNode): string[] {
  const at = `complete -c ${name} -n ${single(`__mcp_calc_at ${node.path}`)}`;
  return [
    ...node.children.map((child) => `${at} -a ${single(child.name)} -d ${single(child.description)}`),
    ...node.words.map((word) => `${at} -a ${single(word)}`),
    ...(node.asksServer ? [`${at} -a '(__mcp_calc_ask)'`] : []),
    ...node.flags.map((flag) => `${at} ${flagLine(flag)}`),
  ];
}

function flagLine({ names, description, takesValue, choices, isFile, isServer }: FlagNode): string {
  const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = !takesValue
    ? []
    : isServer
      ? ['-r', '-F', '-a', "'(__mcp_calc_ask)'"]
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

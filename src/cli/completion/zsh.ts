import { single } from './bash.js';
import { flatten } from './tree.js';
import type { CommandNode, FlagNode } from './tree.js';

/** A completion function for zsh, which shows the descriptions as well. */
export function zshScript(tree: CommandNode): string {
  const nodes = flatten(tree);
  const name = tree.name;
  return `#compdef ${name}
# ${name} completion for zsh. Add to ~/.zshrc, after compinit:  eval "$(${name} completion zsh)"
_mcp_calc() {
  local at=${name} word prev=\${words[CURRENT-1]} cur=\${words[CURRENT]}
  local -a known flags subcommands values
  known=(${nodes
    .slice(1)
    .map(({ path }) => single(path))
    .join(' ')})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ $word == -- ]]; then _files; return; fi
    if (( \${known[(Ie)$at $word]} )); then at="$at $word"; fi
  done
  # zsh has --flag=value as one word.
  if [[ $cur == --*=* ]]; then prev=\${cur%%=*}; compset -P '*='; cur=; fi
  # A flag may stand where an optional value could.
  if [[ $cur != -* ]]; then
    case "$at:$prev" in
${nodes.flatMap(valueCases).join('\n')}
    esac
  fi
  case "$at" in
${nodes.map(nodeCase).join('\n')}
  esac
  if [[ $cur == -* ]]; then _describe -o option flags; else _describe command subcommands; fi
}
if (( $+functions[compdef] )); then compdef _mcp_calc ${name}; fi
`;
}

function valueCases(node: CommandNode): string[] {
  return node.flags.filter(({ takesValue }) => takesValue).map((flag) => valueCase(node, flag));
}

function valueCase(node: CommandNode, { names, choices, isFile }: FlagNode): string {
  const patterns = names.map((name) => single(`${node.path}:${name}`)).join(' | ');
  const action = isFile
    ? '_files'
    : choices.length === 0
      ? '_message value'
      : `values=(${choices.map(single).join(' ')}); _describe value values`;
  return `      ${patterns}) ${action}; return ;;`;
}

function nodeCase(node: CommandNode): string {
  const flags = node.flags.flatMap(({ names, description }) => names.map((name) => described(name, description)));
  const words = [
    ...node.children.map((child) => described(child.name, child.description)),
    ...node.words.map((word) => described(word, '')),
  ];
  return `    ${single(node.path)}) flags=(${flags.join(' ')}); subcommands=(${words.join(' ')}) ;;`;
}

/** `name:description`, as _describe takes it: a colon within the name is escaped. */
function described(name: string, description: string): string {
  const escaped = name.replaceAll(':', '\\:');
  return single(description === '' ? escaped : `${escaped}:${description}`);
}

import { single } from './bash.js';
import { flatten } from './tree.js';
import type { CommandNode, FlagNode } from './tree.js';

/** A completion function for zsh, which shows the descriptions as well. */
export function zshScript(tree: CommandNode, self: readonly string[]): string {
  const nodes = flatten(tree);
  const name = tree.name;
  return `#compdef ${name}
# ${name} completion for zsh. Add to ~/.zshrc, after compinit:  eval "$(${name} completion zsh)"
_mcp_calc() {
  local at=${name} asks= word prev=\${words[CURRENT-1]} cur=\${words[CURRENT]}
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
  if [[ $cur == -* ]]; then _describe -o option flags
  elif [[ -n $asks ]]; then _mcp_calc_ask
  else _describe command subcommands; fi
}
# What a server offers, or the names of servers: the program is asked, with the words up to the cursor.
_mcp_calc_ask() {
  local line
  local -a program whole begun
  program=(${self.map(single).join(' ')})
  [[ -f $program[2] ]] || program=(${name})
  while IFS= read -r line; do
    if [[ $line == '~'* ]]; then begun+=("\${line[2,-1]}"); else whole+=("\${line[2,-1]}"); fi
  done < <("\${program[@]}" completion propose --quoted -- "\${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)
  compadd -a whole
  compadd -S '' -a begun
}
# After npx, whoever else completes for it.
_mcp_calc_npx() {
  local at=2
  while [[ $words[at] == -* ]]; do (( at++ )); done
  if (( at < CURRENT )) && [[ $words[at] == ${name} ]]; then
    words=("\${(@)words[at,-1]}")
    (( CURRENT -= at - 1 ))
    _mcp_calc
  else
    \${_mcp_calc_before:-_default}
  fi
}
if (( $+functions[compdef] )); then
  if [[ -n $_comps[npx] && $_comps[npx] != _mcp_calc_npx ]]; then _mcp_calc_before=$_comps[npx]; fi
  compdef _mcp_calc ${name}
  compdef _mcp_calc_npx npx
fi
`;
}

function valueCases(node: CommandNode): string[] {
  return node.flags.filter(({ takesValue }) => takesValue).map((flag) => valueCase(node, flag));
}

function valueCase(node: CommandNode, { names, choices, isFile, isServer }: FlagNode): string {
  const patterns = names.map((name) => single(`${node.path}:${name}`)).join(' | ');
  const action = isServer
    ? '_mcp_calc_ask; _files'
    : isFile
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
  return `    ${single(node.path)}) flags=(${flags.join(' ')}); subcommands=(${words.join(' ')})${node.asksServer ? ' asks=1' : ''} ;;`;
}

/** `name:description`, as _describe takes it: a colon within the name is escaped. */
function described(name: string, description: string): string {
  const escaped = name.replaceAll(':', '\\:');
  return single(description === '' ? escaped : `${escaped}:${description}`);
}

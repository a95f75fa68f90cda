import { flatten } from './tree.js';
import type { CommandNode } from './tree.js';

/** A completion function for bash 3.2 and newer, which needs no bash-completion package. */
export function bashScript(tree: CommandNode): string {
  const nodes = flatten(tree);
  const name = tree.name;
  return `# ${name} completion for bash. Add to ~/.bashrc:  eval "$(${name} completion bash)"
_mcp_calc() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path=${name} flags= words= word i
  COMPREPLY=()
  # Bash parts --flag=value at the sign.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ $word == -- ]]; then COMPREPLY=($(compgen -f -- "$cur")); return; fi
    case "$path $word" in
      ${alternatives(nodes.slice(1).map(({ path }) => path))}) path="$path $word" ;;
    esac
  done
  # A flag may stand where an optional value could.
  if [[ $cur != -* ]]; then
    case "$path:$prev" in
${valueCases(nodes).join('\n')}
    esac
  fi
  case "$path" in
${nodes.map(nodeCase).join('\n')}
  esac
  if [[ $cur == -* ]]; then words="$flags"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _mcp_calc ${name}
`;
}

/** One case for all the flags that take the same values. */
function valueCases(nodes: readonly CommandNode[]): string[] {
  const patterns = new Map<string, string[]>();
  for (const { path, flags } of nodes) {
    for (const { names, takesValue, choices, isFile } of flags) {
      if (!takesValue) continue;
      const proposals = isFile ? '-f' : `-W ${single(choices.join(' '))}`;
      patterns.set(proposals, [...(patterns.get(proposals) ?? []), ...names.map((name) => `${path}:${name}`)]);
    }
  }
  return [...patterns].map(
    ([proposals, flags]) => `      ${alternatives(flags)}) COMPREPLY=($(compgen ${proposals} -- "$cur")); return ;;`,
  );
}

function nodeCase(node: CommandNode): string {
  const flags = node.flags.flatMap(({ names }) => names).join(' ');
  const words = [...node.children.map(({ name }) => name), ...node.words].join(' ');
  return `    ${single(node.path)}) flags=${single(flags)} words=${single(words)} ;;`;
}

function alternatives(patterns: readonly string[]): string {
  return patterns.map(single).join(' | ');
}

/** In single quotes, as bash and zsh take it. */
export function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

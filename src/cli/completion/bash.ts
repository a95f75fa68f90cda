import { flatten } from './tree.js';
import type { CommandNode } from './tree.js';

/** A completion function for bash 3.2 and newer, which needs no bash-completion package. */
export function bashScript(tree: CommandNode, self: readonly string[]): string {
  const nodes = flatten(tree);
  const name = tree.name;
  return `# ${name} completion for bash. Add to ~/.bashrc:  eval "$(${name} completion bash)"
_mcp_calc() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path=${name} flags= words= asks= word i
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
  if [[ $cur == -* ]]; then words="$flags"; elif [[ $asks ]]; then _mcp_calc_ask; return; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
# What a server offers, or the names of servers: the program is asked, with the words up to the cursor.
_mcp_calc_ask() {
  local -a program=(${self.map(single).join(' ')}) typed=()
  local piece glue= line i quoted prefix at="\${COMP_WORDS[COMP_CWORD]}"
  [[ -f \${program[1]} ]] || program=(${name})
  if [[ $at == [=:] ]]; then at=; fi
  # Bash parts words at = and :, and does not say where blanks were but before the cursor.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    piece="\${COMP_WORDS[i]}"
    if ((i == COMP_CWORD)) && [[ -z $piece && \${COMP_LINE:0:\${COMP_POINT:-0}} == *[[:space:]] ]]; then glue=; fi
    if [[ $piece == = && \${typed[\${#typed[@]}-1]} == --* ]]; then
      if ((i == COMP_CWORD)); then typed+=(''); fi
    elif [[ \${#typed[@]} -gt 0 && ($glue || $piece =~ ^[=:]+$) ]]; then
      typed[\${#typed[@]}-1]+="$piece"
      if [[ $piece =~ ^[=:]+$ ]]; then glue=1; else glue=; fi
    else
      typed+=("$piece")
      glue=
    fi
  done
  prefix="\${typed[\${#typed[@]}-1]}"
  if [[ $prefix == [\\'\\"]* ]]; then return; fi
  prefix="\${prefix%"$at"}"
  while IFS= read -r line; do
    printf -v quoted %q "\${line:1}"
    if [[ $quoted == "$prefix"* ]]; then COMPREPLY+=("\${quoted:\${#prefix}}"); fi
    if [[ $line == '~'* ]]; then compopt -o nospace 2>/dev/null; fi
  done < <("\${program[@]}" completion propose --quoted -- "\${typed[@]}" 2>/dev/null </dev/null)
}
# After npx, whoever else completes for it.
_mcp_calc_npx() {
  local at=1
  while [[ \${COMP_WORDS[at]} == -* ]]; do at=$((at + 1)); done
  if ((at < COMP_CWORD)) && [[ \${COMP_WORDS[at]} == ${name} ]]; then
    COMP_WORDS=("\${COMP_WORDS[@]:at}")
    COMP_CWORD=$((COMP_CWORD - at))
    _mcp_calc
  elif [[ $_mcp_calc_before ]]; then
    "$_mcp_calc_before" "$@"
  fi
}
if [[ $(complete -p npx 2>/dev/null) =~ \\ -F\\ ([^ ]+) && \${BASH_REMATCH[1]} != _mcp_calc_npx ]]; then _mcp_calc_before="\${BASH_REMATCH[1]}"; fi
complete -F _mcp_calc ${name}
complete -o default -F _mcp_calc_npx npx
`;
}

/** A server by its name, or a file with a module. */
const SERVER = '_mcp_calc_ask';

/** One case for all the flags that take the same values. */
function valueCases(nodes: readonly CommandNode[]): string[] {
  const patterns = new Map<string, string[]>();
  for (const { path, flags } of nodes) {
    for (const { names, takesValue, choices, isFile, isServer } of flags) {
      if (!takesValue) continue;
      const proposals = isServer ? SERVER : isFile ? '-f' : `-W ${single(choices.join(' '))}`;
      patterns.set(proposals, [...(patterns.get(proposals) ?? []), ...names.map((name) => `${path}:${name}`)]);
    }
  }
  return [...patterns].map(
    ([proposals, flags]) =>
      `      ${alternatives(flags)}) ${proposals === SERVER ? `${SERVER}; COMPREPLY+=` : 'COMPREPLY='}($(compgen ${proposals === SERVER ? '-f' : proposals} -- "$cur")); return ;;`,
  );
}

function nodeCase(node: CommandNode): string {
  const flags = node.flags.flatMap(({ names }) => names).join(' ');
  const words = [...node.children.map(({ name }) => name), ...node.words].join(' ');
  return `    ${single(node.path)}) flags=${single(flags)} words=${single(words)}${node.asksServer ? ' asks=1' : ''} ;;`;
}

function alternatives(patterns: readonly string[]): string {
  return patterns.map(single).join(' | ');
}

/** In single quotes, as bash and zsh take it. */
export function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

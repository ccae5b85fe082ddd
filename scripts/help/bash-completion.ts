// Completion for bash: the words of every command, and its options.

import type { CommandHelp } from "./commands.ts";

export function bashCompletion(program: CommandHelp): string {
  const cases = family(program)
    .filter(({ words }) => words !== "bailiwick sendmail")
    .map((command) => `    "${command.words}") words="${wordsOf(command).join(" ")}" ;;`);
  return `# Written by scripts/help/bash-completion.ts from the commands' help.
_bailiwick() {
  local at path=bailiwick words="" current="\${COMP_WORDS[COMP_CWORD]}"
  for ((at = 1; at < COMP_CWORD; at++)); do
    [[ \${COMP_WORDS[at]} == -* ]] && break
    path+=" \${COMP_WORDS[at]}"
  done
  case "$path" in
${cases.join("\n")}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _bailiwick bailiwick
`;
}

function family(command: CommandHelp): readonly CommandHelp[] {
  return [command, ...command.commands.flatMap(family)];
}

function wordsOf({ commands, options }: CommandHelp): readonly string[] {
  const names = commands.map(({ words }) => words.split(" ").at(-1) ?? "");
  const long = options.flatMap(({ term }) => /--[a-z-]+/.exec(term) ?? []);
  return [...names, ...long, "--help"];
}

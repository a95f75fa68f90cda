/** Whether a runner of GitHub Actions reads what this process writes: it obeys lines of a certain form. */
export function inActions(): boolean {
  return process.env.GITHUB_ACTIONS === 'true';
}

/**
 * Text of others, so that the runner obeys none of it: `::name::` at the beginning of a line, and the older `##[name]` anywhere in one.
 * A space parts what would be a command.
 */
export function withoutCommands(text: string): string {
  return text.replace(/^([\s\x85]*):(?=:)/gm, '$1: ').replace(/##(?=\[)/g, '## ');
}

/** The same for JSON, whose value stays what it is. */
export function withoutCommandsInJson(json: string): string {
  return json.replace(/##\[/g, '##\\u005b');
}

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
}

/** The line that has the runner show an annotation. */
export function annotationCommand({ level, title, message }: Annotation): string {
  return `::${level} title=${escape(title).replace(/:/g, '%3A').replace(/,/g, '%2C')}::${escape(message)}`;
}

function escape(text: string): string {
  return text
    .replace(/%/g, '%25')
    .replace(/\r/g, '%0D')
    .replace(/\n/g, '%0A')
    .replace(/##(?=\[)/g, '## ');
}

/** Markup that is safe to send: made by {@link html} alone. */
export class Html {
  constructor(readonly text: string) {}
}

/** A template whose values are escaped, unless they are markup themselves; lists are joined, and undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: (string | number | Html | readonly Html[] | undefined)[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(written)));
}

function written(value: string | number | Html | readonly Html[] | undefined): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((item) => item.text).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

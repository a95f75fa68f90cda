/** A matcher for URI templates of RFC 6570, level 1: `calculator://tables/{n}`. */
export interface TemplateMatcher {
  readonly variables: readonly string[];
  /** The variables of a URI, percent-decoded; undefined where the URI does not fit. */
  match(uri: string): Record<string, string> | undefined;
}

/** Throws a TypeError for expressions above level 1. */
export function compileTemplate(template: string): TemplateMatcher {
  const variables: string[] = [];
  const source = template.split(/(\{[^}]*\})/).map((part) => {
    if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const name = part.slice(1, -1);
    if (!/^\w+$/.test(name))
      throw new TypeError(`The URI template ${template} goes beyond level 1 of RFC 6570: ${part}`);
    variables.push(name);
    return '([^/?#]+)';
  });
  const pattern = new RegExp(`^${source.join('')}$`);
  return {
    variables,
    match(uri) {
      const found = pattern.exec(uri);
      if (!found) return undefined;
      try {
        return Object.fromEntries(variables.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
      } catch {
        return undefined; // a stray percent sign
      }
    },
  };
}

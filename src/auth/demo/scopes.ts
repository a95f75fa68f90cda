/** Scopes by name, each with what it allows in words for the person who is asked. */
export type Scopes = Readonly<Record<string, string>>;

/** The scope that a client gets when it asks for none. */
export const DEFAULT_SCOPE = 'mcp';

export const SCOPES: Scopes = {
  [DEFAULT_SCOPE]: 'Use the calculator: its tools, resources and prompts, and your own history',
};

/** The default scopes and more of them, such as those that tools ask for. */
export function scopesWith(more: Iterable<string>): Scopes {
  const described = [...more].filter((name) => !(name in SCOPES)).map((name) => [name, `Use what needs the permission “${name}”`]);
  return { ...SCOPES, ...Object.fromEntries(described) };
}

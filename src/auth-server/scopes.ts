/** Scopes by name, each with what it allows in words for the person who is asked. */
export type Scopes = Readonly<Record<string, string>>;

/** The scope that a client gets when it asks for none. */
export const DEFAULT_SCOPE = 'mcp';

export const SCOPES: Scopes = {
  [DEFAULT_SCOPE]: 'Use the calculator: its tools, resources and prompts, and your own history',
};

/** What a scope allows, in words; a scope that is not described is called by its name. */
export function describeScope(scopes: Scopes, name: string): string {
  return (Object.hasOwn(scopes, name) ? scopes[name] : undefined) ?? `Use what needs the permission “${name}”`;
}

/** The default scopes and more of them, such as those that tools ask for. */
export function scopesWith(more: Iterable<string>): Scopes {
  return { ...SCOPES, ...Object.fromEntries([...more].map((name) => [name, describeScope(SCOPES, name)])) };
}

import { InvalidScopeError } from '@modelcontextprotocol/sdk/server/auth/errors.js';

/** Scopes by name, each with what it allows in words for the person who is asked. */
export type Scopes = Readonly<Record<string, string>>;

/** The scope that a client gets when it asks for none. */
export const DEFAULT_SCOPE = 'mcp';

export const SCOPES: Scopes = {
  [DEFAULT_SCOPE]: 'Use the calculator: its tools, resources and prompts, and your own history',
};

/** Scopes that one request can ask for. */
export const SCOPES_PER_REQUEST = 20;
/** RFC 6749 §3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;

/** What a scope allows, in words; a scope that is not described is called by its name. */
export function describeScope(scopes: Scopes, name: string): string {
  return (Object.hasOwn(scopes, name) ? scopes[name] : undefined) ?? `Use what needs the permission “${name}”`;
}

/** The default scopes and more of them, such as those that tools ask for. */
export function scopesWith(more: Iterable<string>): Scopes {
  return { ...SCOPES, ...Object.fromEntries([...more].map((name) => [name, describeScope(SCOPES, name)])) };
}

/** The scopes that a request asks for, all of them known or, where any are served, well-formed. Throws `InvalidScopeError`. */
export function requestedScopes(asked: readonly string[] = [], known: Scopes | undefined): readonly string[] {
  const wanted = [...new Set(asked.filter((scope) => scope !== ''))];
  if (wanted.length > SCOPES_PER_REQUEST)
    throw new InvalidScopeError(`More than ${SCOPES_PER_REQUEST} scopes are asked for`);
  const unknown = wanted.find((scope) => (known ? !Object.hasOwn(known, scope) : !SCOPE_TOKEN.test(scope)));
  if (unknown !== undefined)
    throw new InvalidScopeError(
      known ? `Unknown scope: there are ${Object.keys(known).join(' ')}` : 'A scope is malformed',
    );
  return wanted.length === 0 ? [DEFAULT_SCOPE] : wanted;
}

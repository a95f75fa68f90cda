import { isObject } from './messages.js';

/**
 * The experimental capability of a server that is of another generation of the protocol than its client, with something between
 * them that translates: `{ from: '2025-11-25', without: ['tasks', …] }`.
 */
const TRANSLATED = 'mcp-calc/translated';

/** What has no counterpart in the other generation, or is of one client alone. */
const WITHOUT = ['tasks', 'extensions', 'notifications/elicitation/complete'];

/** Capabilities that say that they were translated, and from which version. */
export function translated(capabilities: object, from: unknown): Record<string, unknown> {
  const { experimental } = capabilities as { experimental?: unknown };
  const others = isObject(experimental) ? experimental : {};
  return { ...capabilities, experimental: { ...others, [TRANSLATED]: { from, without: WITHOUT } } };
}

/** What a server's capabilities say of a translation, in words; undefined where they say nothing. */
export function translationIn({ experimental }: Readonly<Record<string, unknown>>): string | undefined {
  const said = isObject(experimental) ? experimental[TRANSLATED] : undefined;
  if (!isObject(said)) return undefined;
  const { from, without } = said;
  return `from ${String(from)}; not: ${Array.isArray(without) ? without.map(String).join(', ') : 'unknown'}`;
}

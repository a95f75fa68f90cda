/** What stands after `Bearer` in `WWW-Authenticate`. */
export interface Challenge {
  /** RFC 6750 §3.1; absent where the request brought no token at all. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  readonly description?: string;
  /** The scopes that would be enough (RFC 6750 §3). */
  readonly scopes?: readonly string[];
  /** RFC 9728 §5.1; absent where somebody else asks for tokens, and tells of them. */
  readonly resourceMetadata?: string;
}

/** `WWW-Authenticate` of a bearer challenge. */
export function challengeHeader({ error, description, scopes = [], resourceMetadata }: Challenge): string {
  const parameters = [
    error && ['error', error],
    description && ['error_description', description],
    scopes.length > 0 && ['scope', scopes.join(' ')],
    resourceMetadata && ['resource_metadata', resourceMetadata],
  ].filter((parameter): parameter is string[] => Array.isArray(parameter));
  return `Bearer ${parameters.map(([name, value]) => `${name}="${quotable(value ?? '')}"`).join(', ')}`;
}

/** RFC 6750 §3 allows printable ASCII without quote and backslash; anything else would be a way out of the header. */
function quotable(value: string): string {
  return value.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
}

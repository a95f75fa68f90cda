/**
 * Whether two resource identifiers (RFC 8707 §2) name the same resource. One slash at the end is no difference:
 * URL parsers add it to `https://host`, and clients send both spellings.
 */
export function sameResource(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

function comparable(resource: string): string {
  const spelled = URL.canParse(resource) ? new URL(resource).href : resource;
  return spelled.endsWith('/') ? spelled.slice(0, -1) : spelled;
}

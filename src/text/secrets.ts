import type { IncomingHttpHeaders } from 'node:http';

const REDACTED = '[redacted]';
/** Characters of a session id that are shown: enough to tell sessions apart, too few to use one. */
const SESSION_CHARACTERS = 8;
/** Characters of one text that are looked at; the rest is cut off. */
const MAX_CHARACTERS = 8_192;

/** What secrets are called, whatever stands before it, with or without a separator between words. */
const PARTS =
  'authorization|cookie|token|passw(?:or)?d|passphrase|secret|jwt|credential|assertion|code[-_]?verifier|signature|(?:api|auth|access|private|shared|subscription|functions)[-_]?key';
/** What they are called only where nothing else stands before it: a `country_code` or a `hotkey` is open. */
const WHOLE = '(?:x[-_]?)?(?:code|auth|pass|pwd|key)';

const SECRET_NAME = new RegExp(`${PARTS}|^${WHOLE}$`);
const SESSION_NAME = /^(?:mcp)?sessionid$/;

/** What the value of a field, header, parameter or variable is, by its name. */
export type NameKind = 'secret' | 'session' | 'plain';

/** Names and what they were found to be; most come again with every log line. */
const kinds = new Map<string, NameKind>();
const MAX_KINDS = 1_000;

/** Whether a name stands for a secret, or for a session id. Upper and lower case and separators make no difference. */
export function kindOfName(name: string): NameKind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const letters = name.toLowerCase().replace(/[-_\s.]/g, '');
  const kind = SECRET_NAME.test(letters) ? 'secret' : SESSION_NAME.test(letters) ? 'session' : 'plain';
  if (kinds.size < MAX_KINDS) kinds.set(name, kind);
  return kind;
}

/** Whether the value of a field, header, parameter or variable of this name must not be shown. */
export function isSecretName(name: string): boolean {
  return kindOfName(name) === 'secret';
}

/** A value as it may be shown beside its name; what is neither a text nor a secret comes back as it is. */
export function redactNamed(name: string, value: string): string {
  const kind = kindOfName(name);
  return kind === 'secret' ? REDACTED : kind === 'session' ? shortSession(value) : redactText(value);
}

/** Headers as they may be shown: secrets replaced, repeated ones joined. */
export function redactHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) shown[name] = redactNamed(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return shown;
}

/** A URL as it may be shown: the password, and parameters whose names say that they are secret, replaced. */
export function redactUrl(url: string): string {
  return redactText(url);
}

/** A session id as it may be shown. What stands before a dot is the node, the same for many sessions. */
export function shortSession(id: string): string {
  const own = id.slice(id.lastIndexOf('.') + 1);
  return own.length > SESSION_CHARACTERS ? `${own.slice(0, SESSION_CHARACTERS)}…` : own;
}

const SECRET_IN_TEXT: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(Bearer|Basic|DPoP)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  // redis://user:password@host; the user name stays. A password may hold an @ of its own.
  [/(\/\/[^\s:@/]{0,256}):[^\s/]{1,1024}@/g, `$1:${REDACTED}@`],
  [
    new RegExp(
      `\\b([\\w.-]{0,40}(?:${PARTS})|${WHOLE})(["']?\\s*[=:]\\s*["']?)(?!\\s)(?:(?:Bearer|Basic) )?[^\\s"'&,;}#]+`,
      'gi',
    ),
    `$1$2${REDACTED}`,
  ],
  // A JSON Web Token, wherever it stands.
  [/\beyJ[\w-]{6,}\.[\w-]*(?:\.[\w-]*)?/g, REDACTED],
];

/** Most texts hold nothing that could be a secret, and this tells so at the cost of one look. */
const SUSPICIOUS = /[=:@]|bearer|basic|dpop|eyJ/i;

/** A text without the secrets that can be told by their form. Cut off at a bound. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  if (!SUSPICIOUS.test(bounded)) return bounded;
  return SECRET_IN_TEXT.reduce((shown, [pattern, replacement]) => shown.replace(pattern, replacement), bounded);
}

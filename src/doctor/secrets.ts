import type { ServerEntry } from '../hosts/servers.js';
import { isSecretName } from '../text/secrets.js';

/** Values that only look like a secret by their name: paths, addresses, switches, numbers. */
const HARMLESS = /^(?:true|false|yes|no|none|null|\d{0,6}|[~/.][^\s]*|[A-Za-z]:\\[^\s]*)$/i;
/** A value that is filled in from elsewhere: `${input:key}`, `${KEY}`, `$KEY`, `%KEY%`, `<your key>`. */
const FILLED_IN = /\$\{[^}]+\}|^\$\w+$|^%\w+%$|^<[^>]*>$/;
/** Tokens of well-known services, JSON Web Tokens, and passwords in addresses. */
const SECRET_FORM =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|npm_\w{30,}|eyJ[\w-]{8,}\.[\w-]{8,})|\/\/[^/\s:@]*:(?!\$\{)[^/\s@]+@/;

/** Where a server's entry holds a secret in plain text: names of fields, never their values. */
export function secretsIn({ fields }: ServerEntry): string[] {
  const { env, headers, args, url, command } = fields;
  const found = [...pairs(env).map(inField('env')), ...pairs(headers).map(inField('headers'))].filter(
    (name) => name !== undefined,
  );
  if (Array.isArray(args)) found.push(...inArguments(args.map(String)));
  if (typeof url === 'string' && (SECRET_FORM.test(url) || hasSecretParameter(url))) found.push('url');
  if (typeof command === 'string' && SECRET_FORM.test(command)) found.push('command');
  return found;
}

function pairs(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function inField(place: string) {
  return ([name, value]: [string, unknown]): string | undefined =>
    typeof value === 'string' && isSecret(name, value) ? `${place}.${name}` : undefined;
}

/** `--token abc`, `--token=abc`, `Authorization: Bearer abc`, and whatever has the form of a token. */
function inArguments(args: readonly string[]): string[] {
  const found = args.flatMap((arg, index) => {
    const [, name, value] = /^-{0,2}([\w-]+)\s*[=:]\s*(.+)$/.exec(arg) ?? [];
    if (name !== undefined && value !== undefined && isSecret(name, value)) return [name];
    const before = args[index - 1] ?? '';
    if (/^--?[\w-]+$/.test(before) && !arg.startsWith('-') && isSecret(before, arg)) return [before];
    return SECRET_FORM.test(arg) && !FILLED_IN.test(arg) ? [`number ${index + 1}`] : [];
  });
  return found.map((name) => `args (${name})`);
}

function isSecret(name: string, value: string): boolean {
  if (value === '' || FILLED_IN.test(value)) return false;
  if (SECRET_FORM.test(value)) return true;
  // A header's scheme does not belong to the secret.
  const bare = value.replace(/^(?:Bearer|Basic|Token)\s+/i, '');
  return isSecretName(name) && !HARMLESS.test(bare) && !/^https?:\/\/[^?@]*$/.test(bare);
}

function hasSecretParameter(url: string): boolean {
  if (!URL.canParse(url)) return false;
  return [...new URL(url).searchParams].some(([name, value]) => isSecret(name, value));
}

/** What a setting may be: how its text is read, and the same bound in words. */
export interface Kind<T> {
  /** The value that the text stands for; undefined where it stands for none. */
  parse(text: string): T | undefined;
  /** Completes the sentence "it must be …". */
  readonly allowed: string;
  readonly choices?: readonly string[];
  /** A flag that takes no value. */
  readonly isSwitch?: true;
  /** A flag that may be repeated: its values are joined by commas. */
  readonly isList?: true;
  /** Milliseconds: the config has the value under the setting's name with `Ms` at its end. */
  readonly isTime?: true;
  /** What the flag means when it is given with no value. */
  readonly bare?: string;
  /** A value as a person would write it, where `String` is not enough. */
  show?(value: T): string;
}

/** Text that passes a test, without the blanks around it. `allowed` says the test in words. */
export function trimmed(isGood: (text: string) => boolean, allowed: string): Kind<string> {
  return { parse: (text) => (isGood(text.trim()) ? text.trim() : undefined), allowed };
}

/** A number within its bounds; undefined for any other. */
export function inRange(value: number, min: number, max: number): number | undefined {
  return Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
}

const YES = ['true', '1', 'yes', 'on'];
const NO = ['false', '0', 'no', 'off'];

/** A switch: the flag takes no value, the variable takes true or false. */
export function onOff(): Kind<boolean> {
  const parse = (text: string) => {
    const word = text.trim().toLowerCase();
    return YES.includes(word) || (NO.includes(word) ? false : undefined);
  };
  return { parse, allowed: 'true or false', isSwitch: true };
}

/** A whole number from `min` to `max`, both allowed. */
export function integer(min: number, max: number): Kind<number> {
  const parse = (text: string) => (/^-?\d{1,15}$/.test(text.trim()) ? inRange(Number(text), min, max) : undefined);
  return { parse, allowed: `a whole number from ${min} to ${max}` };
}

/** One of a few words; upper and lower case are the same. */
export function choice<const C extends readonly string[]>(...choices: C): Kind<C[number]> {
  const parse = (text: string): C[number] | undefined => choices.find((word) => word === text.trim().toLowerCase());
  return { parse, allowed: `one of ${choices.join(', ')}`, choices };
}

/** Text that matches a pattern. `allowed` says the pattern in words. */
export function text(pattern: RegExp, allowed: string): Kind<string> {
  return trimmed((value) => pattern.test(value), allowed);
}

/** A secret: taken as it is, spaces included. */
export function secretText(minLength: number): Kind<string> {
  const parse = (text: string) => (text.length >= minLength ? text : undefined);
  return { parse, allowed: `a secret of at least ${minLength} characters` };
}

/** Items between commas, each read by `item`; empty items are skipped. */
export function list<T>({ parse }: Pick<Kind<T>, 'parse'>, allowed: string): Kind<readonly T[]> {
  const parseAll = (line: string) => {
    const parts = line
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const items = parts.map(parse).filter((item) => item !== undefined);
    return parts.length > 0 && items.length === parts.length ? items : undefined;
  };
  return { parse: parseAll, allowed, isList: true };
}

/** An absolute http or https URL, without credentials. Kept as written: issuers are compared to the letter. */
export function webUrl(): Kind<string> {
  return trimmed(isWebUrl, 'an absolute http:// or https:// URL without a password or a fragment');
}

/** The same without slashes at its end. */
export function baseUrl(): Kind<string> {
  const { parse, allowed } = webUrl();
  return { parse: (text) => parse(text)?.replace(/\/+$/, ''), allowed };
}

function isWebUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
}

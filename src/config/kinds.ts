import * as z from 'zod';
import type { ZodType } from 'zod';

/** What a setting may be: a schema that parses its text, and the same bound in words. */
export interface Kind<T> {
  readonly schema: ZodType<T, string>;
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

const YES = ['true', '1', 'yes', 'on'];
const NO = ['false', '0', 'no', 'off'];

/** A switch: the flag takes no value, the variable takes true or false. */
export function onOff(): Kind<boolean> {
  const schema = z.string().trim().toLowerCase().refine((text) => YES.includes(text) || NO.includes(text));
  return { schema: schema.transform((text) => YES.includes(text)), allowed: 'true or false', isSwitch: true };
}

/** A whole number from `min` to `max`, both allowed. */
export function integer(min: number, max: number): Kind<number> {
  const schema = z.string().trim().regex(/^-?\d{1,15}$/).transform(Number).pipe(z.int().min(min).max(max));
  return { schema, allowed: `a whole number from ${min} to ${max}` };
}

/** One of a few words; upper and lower case are the same. */
export function choice<const C extends readonly string[]>(...choices: C): Kind<C[number]> {
  const schema = z.string().trim().toLowerCase().pipe(z.enum(choices));
  return { schema, allowed: `one of ${choices.join(', ')}`, choices };
}

/** Text that matches a pattern. `allowed` says the pattern in words. */
export function text(pattern: RegExp, allowed: string): Kind<string> {
  return { schema: z.string().trim().regex(pattern), allowed };
}

/** A secret: taken as it is, spaces included. */
export function secretText(minLength: number): Kind<string> {
  return { schema: z.string().min(minLength), allowed: `a secret of at least ${minLength} characters` };
}

/** Items between commas, each parsed by `item`; empty items are skipped. */
export function list<T>(item: Kind<T>, allowed: string): Kind<readonly T[]> {
  const split = z.string().transform((line) => line.split(',').map((part) => part.trim()).filter((part) => part !== ''));
  return { schema: split.pipe(z.array(item.schema).min(1)), allowed, isList: true };
}

/** An absolute http or https URL, without credentials. Kept as written: issuers are compared to the letter. */
export function webUrl(): Kind<string> {
  const schema = z.string().trim().refine(isWebUrl);
  return { schema, allowed: 'an absolute http:// or https:// URL without a password or a fragment' };
}

/** The same without slashes at its end. */
export function baseUrl(): Kind<string> {
  const { schema, allowed } = webUrl();
  return { schema: schema.transform((url) => url.replace(/\/+$/, '')), allowed };
}

function isWebUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
}

import type { ReadableSchema } from '../../../client/arguments/schema.js';

export type Checked = { readonly value: unknown } | { readonly fault: string };

const TRUE = /^(y|yes|true|1)$/i;
const FALSE = /^(n|no|false|0)$/i;

/** What was typed as the field wants it, or what is wrong with it in words. */
export function checkField(text: string, field: ReadableSchema): Checked {
  switch (field.type) {
    case 'boolean':
      if (TRUE.test(text)) return { value: true };
      return FALSE.test(text) ? { value: false } : { fault: 'Type y or n.' };
    case 'integer':
    case 'number':
      return checkNumber(text, field);
    case 'array':
      return checkList(
        text
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean),
        field,
      );
    default:
      return checkString(text, field);
  }
}

function checkNumber(text: string, { type, minimum, maximum }: ReadableSchema): Checked {
  const value = Number(text);
  if (!Number.isFinite(value) || (type === 'integer' && !Number.isInteger(value)))
    return { fault: `Type ${type === 'integer' ? 'a whole' : 'a'} number.` };
  if (minimum !== undefined && value < minimum) return { fault: `It must be at least ${minimum}.` };
  if (maximum !== undefined && value > maximum) return { fault: `It must be at most ${maximum}.` };
  return { value };
}

function checkList(
  values: readonly string[],
  { items = {}, minItems = 0, maxItems = Infinity }: ReadableSchema,
): Checked {
  const allowed = allowedOf(items);
  const wrong = allowed.length > 0 ? values.find((value) => !allowed.includes(value)) : undefined;
  if (wrong !== undefined) return { fault: `"${wrong}" is none of: ${allowed.join(', ')}.` };
  if (values.length < minItems) return { fault: `Choose at least ${minItems}, with commas in between.` };
  return values.length > maxItems ? { fault: `Choose at most ${maxItems}.` } : { value: values };
}

const FORMATS: Readonly<Record<string, readonly [test: (text: string) => boolean, words: string]>> = {
  email: [(text) => /^[^\s@]+@[^\s@]+$/.test(text), 'an e-mail address'],
  uri: [(text) => URL.canParse(text), 'an address such as https://example.com/'],
  date: [(text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)), 'a date such as 2025-01-31'],
  'date-time': [
    (text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)),
    'a time such as 2025-01-31T12:00:00Z',
  ],
};

function checkString(text: string, field: ReadableSchema): Checked {
  const allowed = allowedOf(field);
  if (allowed.length > 0 && !allowed.includes(text)) return { fault: `Type one of: ${allowed.join(', ')}.` };
  const { minLength = 0, maxLength = Infinity, format = '' } = field;
  if (text.length < minLength || text.length > maxLength)
    return { fault: `It must have ${minLength} to ${maxLength} characters.` };
  const [test, words] = FORMATS[format] ?? [() => true, ''];
  return test(text) ? { value: text } : { fault: `It must be ${words}.` };
}

function allowedOf(field: ReadableSchema): string[] {
  return (field.enum ?? (field.oneOf ?? field.anyOf)?.map((one) => one.const) ?? []).map(String);
}

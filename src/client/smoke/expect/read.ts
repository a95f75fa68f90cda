import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { quote } from '../../../text/harmless.js';
import { ClientError } from '../../errors.js';
import { EXPECTATIONS_SCHEMA } from './expectations.js';
import type { Expectations } from './expectations.js';
import { patternOf } from './match.js';

/** Reads a file of expectations; `file` is its name in messages. Throws a {@link ClientError} that names the place of the fault. */
export function readExpectations(text: string, file: string): Expectations {
  const wrong = (why: string): ClientError =>
    new ClientError('usage', `${file}: ${why}`, {
      hint: 'Its form is in docs/ci.md, and as JSON Schema in docs/smoke.schema.json.',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw wrong(`is not JSON: ${placeIn(text, (error as Error).message)}`);
  }
  const validate = new Ajv2020({ strict: false, logger: false }).compile<Expectations>(EXPECTATIONS_SCHEMA);
  if (!validate(parsed)) throw wrong(faultIn(validate.errors?.[0]));
  for (const list of ['calls', 'resources', 'prompts'] as const)
    for (const [index, { expect }] of (parsed[list] ?? []).entries())
      try {
        patternOf(expect?.text ?? '');
      } catch (error) {
        throw wrong(`${list}[${index}].expect.text: ${quote((error as Error).message)}`);
      }
  return parsed;
}

/**
 * Where JSON stops being JSON: the longest beginning that lacks nothing but its end. The words of engines name no place in a short text,
 * and differ.
 */
function placeIn(text: string, message: string): string {
  let [whole, broken] = [0, text.length + 1];
  while (broken - whole > 1) {
    const middle = Math.floor((whole + broken) / 2);
    if (mayGoOn(text.slice(0, middle))) whole = middle;
    else broken = middle;
  }
  const before = text.slice(0, whole).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${quote(message)}`;
}

function mayGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const { message } = error as Error;
    return /^Unexpected end|^Unterminated/.test(message) || message.includes(`at position ${beginning.length}`);
  }
}

function faultIn({ instancePath, message, keyword, params }: Partial<ErrorObject> = {}): string {
  const place = (instancePath ?? '')
    .slice(1)
    .split('/')
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('')
    .replace(/^\./, '');
  const { additionalProperty, missingProperty } = (params ?? {}) as Record<string, string | undefined>;
  const fault =
    keyword === 'additionalProperties'
      ? `there is nothing called "${additionalProperty}" here`
      : keyword === 'required'
        ? `"${missingProperty}" is missing`
        : (message ?? 'is wrong');
  return `${place === '' ? 'the file' : quote(place)}: ${quote(fault)}`;
}

import type { ElicitRequestFormParams, ElicitResult } from '@modelcontextprotocol/client';
import type { ChalkInstance } from 'chalk';
import type { ReadableSchema } from '../../../client/arguments/schema.js';
import { oneLine } from '../../../text/harmless.js';
import type { Asker } from './ask.js';
import { checkField } from './form-field.js';

interface FormContext {
  say(line: string): void;
  readonly signal: AbortSignal;
  readonly colours: ChalkInstance;
}

/** What a person types to leave a form. */
const DECLINE = '!';
/** How often one field is asked for before the form is given up. */
const ATTEMPTS = 5;

/**
 * Asks for every field of an elicitation (schema.ts, `ElicitRequestFormParams`): an empty line takes the default or
 * leaves an optional field out, `!` declines, the end of the input cancels.
 */
export async function fillForm(
  schema: ElicitRequestFormParams['requestedSchema'],
  asker: Asker,
  { say, signal, colours }: FormContext,
): Promise<ElicitResult> {
  const content: Record<string, unknown> = {};
  say(colours.dim(`Enter takes what stands in brackets, ${DECLINE} declines.`));
  for (const [name, property] of Object.entries(schema.properties)) {
    const field = property as ReadableSchema;
    const required = schema.required?.includes(name) === true;
    for (const [value, title] of choicesOf(field))
      say(`    ${oneLine(value)}${title === undefined ? '' : colours.dim(`  ${oneLine(title)}`)}`);
    const answer = await askField(name, field, required, asker, { say, signal, colours });
    if (answer === 'declined') return { action: 'decline' };
    if (answer === 'cancelled') return { action: 'cancel' };
    if (answer.value !== undefined) content[name] = answer.value;
  }
  return { action: 'accept', content: content as NonNullable<ElicitResult['content']> };
}

type Answer = 'declined' | 'cancelled' | { value: unknown };

async function askField(
  name: string,
  field: ReadableSchema,
  required: boolean,
  asker: Asker,
  { say, signal, colours }: FormContext,
): Promise<Answer> {
  const prompt = promptOf(name, field, required, colours);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let text: string;
    try {
      text = (await asker.ask(prompt, signal)).trim();
    } catch {
      return 'cancelled';
    }
    if (text === DECLINE) return 'declined';
    if (text === '' && field.default !== undefined) return { value: field.default };
    if (text === '' && !required) return { value: undefined };
    const checked = checkField(text, field);
    if ('value' in checked) return checked;
    say(colours.red(`  ${checked.fault}`));
  }
  return 'cancelled';
}

function promptOf(name: string, field: ReadableSchema, required: boolean, colours: ChalkInstance): string {
  const title = oneLine(field.title ?? name);
  const about = field.description === undefined ? '' : colours.dim(` (${oneLine(field.description)})`);
  const brackets =
    field.default === undefined
      ? required
        ? ''
        : ' []'
      : ` [${oneLine(Array.isArray(field.default) ? field.default.join(',') : String(field.default))}]`;
  return `  ${colours.bold(title)}${required ? '*' : ''}${about}${brackets}: `;
}

/** The values that a field may take, each with its title. Older servers give titles as `enumNames`. */
function choicesOf(
  field: ReadableSchema & { enumNames?: readonly string[] },
): [value: string, title: string | undefined][] {
  const from = field.items ?? field;
  const titled = from.oneOf ?? from.anyOf;
  if (titled !== undefined) return titled.map((one) => [String(one.const), one.title]);
  return (from.enum ?? []).map((value, index) => [String(value), field.enumNames?.[index]]);
}

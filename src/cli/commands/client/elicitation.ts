import type { ElicitRequestParams, ElicitResult } from '@modelcontextprotocol/client';
import { sampleValue } from '../../../client/arguments/sample.js';
import type { ReadableSchema } from '../../../client/arguments/schema.js';
import { manyLines, oneLine } from '../../../text/harmless.js';
import { redactText } from '../../../text/secrets.js';
import { CliError } from '../../errors.js';
import type { Interaction } from './ask.js';
import { fillForm } from './form.js';

type Content = Extract<ElicitResult['content'], object>;

/** Answers a question: by `--accept` or `--decline`, or by a form on the terminal. Without any of them it is cancelled. */
export async function answerElicitation(
  question: ElicitRequestParams,
  interaction: Interaction,
): Promise<ElicitResult> {
  const { flags, asker, say, signal, colours } = interaction;
  const isForm = question.mode !== 'url';
  if (flags.decline) return { action: 'decline' };
  if (question.mode === 'url' && !isPage(question.url)) {
    say('The server asks to open an address that is not a web page: declined.');
    return { action: 'decline' };
  }
  if (flags.accept !== undefined) {
    // Defaults of what is left out are filled in by the client (SEP-1034).
    if (isForm) {
      const samples = flags.samples && (sampleValue(question.requestedSchema as ReadableSchema) as Content);
      return { action: 'accept', content: { ...samples, ...acceptedValues(flags.accept) } };
    }
    say(`The server asks to open ${oneLine(question.url)}`);
    return { action: 'accept' };
  }
  say(`${colours.bold('The server asks:')} ${manyLines(question.message)}`);
  if (asker === undefined) {
    say("There is no terminal to ask on. Answer with --accept '{…}' or --decline.");
    return { action: 'cancel' };
  }
  if (isForm) return fillForm(question.requestedSchema, asker, { say, signal, colours });
  say(oneLine(question.url));
  const yes = /^y(es)?$/i.test((await asker.ask('Will you open this address? (y/N) ', signal)).trim());
  return { action: yes ? 'accept' : 'decline' };
}

function isPage(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

/** The values of `--accept`; none where it stands alone. */
export function acceptedValues(accept: string | true): Content {
  if (accept === true) return {};
  try {
    const content: unknown = JSON.parse(accept);
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as Content;
  } catch {
    // Told below, like anything else that is no object.
  }
  throw new CliError(`--accept: ${redactText(accept)} is not a JSON object`, {
    hint: `Write it as '{"name":"value"}'.`,
  });
}

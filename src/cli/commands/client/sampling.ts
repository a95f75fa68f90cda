import type { CreateMessageRequestParams, CreateMessageResult } from '@modelcontextprotocol/client';
import { manyLines } from '../../../text/harmless.js';
import { CliError } from '../../errors.js';
import type { Interaction } from './ask.js';

/** The name of the model that the client pretends to be. */
const MODEL = 'mcp-calc-client';

/** Answers for the model: with `--sample`, or with what the person at the terminal types. */
export async function answerSampling(
  request: CreateMessageRequestParams,
  { flags, asker, say, signal, colours }: Interaction,
): Promise<CreateMessageResult> {
  if (flags.sample !== undefined) return answer(flags.sample);
  for (const { role, content } of request.messages) {
    for (const block of Array.isArray(content) ? content : [content]) {
      say(`${colours.bold(role)}: ${block.type === 'text' ? manyLines(block.text) : `(${block.type})`}`);
    }
  }
  if (asker === undefined) {
    say('The server asks for an answer of a model. Give it one with --sample, or run this on a terminal.');
    throw rejected();
  }
  const text = await asker.ask(`${colours.bold('Answer for the model')} (empty to refuse): `, signal);
  if (text === '') throw rejected();
  return answer(text);
}

function answer(text: string): CreateMessageResult {
  return { role: 'assistant', model: MODEL, stopReason: 'endTurn', content: { type: 'text', text } };
}

/** The code with which a client says that the person behind it refused (specification, "Sampling", "Error Handling"). */
function rejected(): Error {
  return Object.assign(new CliError('User rejected sampling request'), { code: -1 });
}

import type { CallContext, Sampled } from '../catalog/context.js';
import { ToolError } from '../catalog/errors.js';

/** Tokens that the client's model may spend on an answer. */
const MAX_TOKENS = 800;

const SYSTEM_PROMPT =
  'You are a careful calculator. Answer the question in a few sentences: the calculation first, then the result. ' +
  'If it is not a question of mathematics, or cannot be answered from what is given, say so.';

/**
 * Gives a question to the client's model (client/sampling); `background` goes before it. Rejects with a
 * {@link ToolError} where the model answers with anything but text.
 */
export async function askModel(question: string, context: CallContext, background?: string): Promise<Sampled> {
  const text = background === undefined ? question : `${background}\n\n${question}`;
  const answer = await context.sample({
    messages: [{ role: 'user', content: { type: 'text', text } }],
    systemPrompt: SYSTEM_PROMPT,
    maxTokens: MAX_TOKENS,
    temperature: 0,
  });
  if (answer.text.trim() === '')
    throw new ToolError("The client's model gave no answer in text. Put the question as an arithmetic expression.");
  return answer;
}

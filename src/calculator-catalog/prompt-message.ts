import type { PromptMessage } from '../catalog/define.js';

/** A message from the user, in Markdown. Paragraphs that are false or undefined are left out. */
export function userMessage(...paragraphs: (string | false | undefined)[]): PromptMessage {
  const text = paragraphs.filter((paragraph) => paragraph !== false && paragraph !== undefined).join('\n\n');
  return { role: 'user', content: { type: 'text', text } };
}

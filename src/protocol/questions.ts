import type { Elicited, ElicitationSchema, Root, SampleContent, Sampled } from '../catalog/context.js';
import { isObject } from '../rpc/messages.js';
import type { Params } from './params.js';
import type { JsonSchemaValidator } from './schema.js';
import { inWords } from './schema.js';

/** What a client answered, or what is wrong with it, as the end of a sentence. */
export type Read<T> = { readonly value: T } | { readonly misfit: string };

/** The answer to `elicitation/create` (client/elicitation): what was accepted fits the schema that it was asked by. */
export async function readElicited(
  { action, content = {} }: Params,
  schema: ElicitationSchema,
  loadValidator: () => Promise<JsonSchemaValidator>,
): Promise<Read<Elicited>> {
  if (action === 'decline' || action === 'cancel') return { value: { action } };
  if (action !== 'accept' || !isObject(content)) return { misfit: '"action" must be accept, decline or cancel' };
  const faults = (await loadValidator()).check({ ...schema }, content);
  return faults ? { misfit: inWords(faults) } : { value: { action, content } };
}

/** The answer to `elicitation/create` in URL mode, which brings no content. */
export function readOpened({ action }: Params): Read<Pick<Elicited, 'action'>> {
  if (action === 'accept' || action === 'decline' || action === 'cancel') return { value: { action } };
  return { misfit: '"action" must be accept, decline or cancel' };
}

/** The answer to `sampling/createMessage` (client/sampling). */
export function readSampled({ content, model, stopReason }: Params): Read<Sampled> {
  if (typeof model !== 'string' || typeof content !== 'object' || content === null)
    return { misfit: 'it needs "content" and "model"' };
  const known = ((Array.isArray(content) ? content : [content]) as unknown[]).flatMap(sampleContent);
  const text = known.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return { value: { text, content: known, model, ...(typeof stopReason === 'string' && { stopReason }) } };
}

/** The block, where it is one that a handler is shown. */
function sampleContent(block: unknown): SampleContent[] {
  if (!isObject(block)) return [];
  const { type, text, data, mimeType } = block;
  if (type === 'text' && typeof text === 'string') return [{ type, text }];
  const isMedia = type === 'image' || type === 'audio';
  return isMedia && typeof data === 'string' && typeof mimeType === 'string' ? [{ type, data, mimeType }] : [];
}

/** The answer to `roots/list` (client/roots). */
export function readRoots({ roots }: Params): Read<readonly Root[]> {
  if (!Array.isArray(roots) || !roots.every((root) => isObject(root) && typeof root.uri === 'string'))
    return { misfit: 'it needs "roots", each with a URI' };
  return {
    value: (roots as Record<string, unknown>[]).map(({ uri, name }) => ({
      uri: String(uri),
      ...(typeof name === 'string' && { name }),
    })),
  };
}

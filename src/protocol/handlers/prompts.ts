import type { CallContext } from '../../catalog/context.js';
import type { Prompt } from '../../catalog/define.js';
import type { CompiledCatalog } from '../compile.js';
import { page } from '../pagination.js';
import { RPC, RpcError } from '../../rpc/errors.js';
import type { Params } from '../params.js';
import { cursorIn, stringIn, stringsOrNone } from '../params.js';
import { withheldError } from '../compile.js';

/** `prompts/list` (server/prompts, "Listing Prompts"). */
export function listPrompts(compiled: CompiledCatalog, params: Params): Record<string, unknown> {
  const { items, ...next } = page(
    'prompts/list',
    compiled.catalog.prompts,
    cursorIn(params),
    compiled.pageSize('prompts'),
  );
  return { prompts: items.map(shown), ...next };
}

/** `prompts/get`; -32602 for an unknown prompt, a missing argument, or a value that is not one of the enumerated. */
export async function getPrompt(
  compiled: CompiledCatalog,
  params: Params,
  context: CallContext,
): Promise<Record<string, unknown>> {
  const name = stringIn(params, 'name');
  const prompt = compiled.prompts.get(name);
  if (!prompt) throw withheldError(compiled, name) ?? new RpcError(RPC.invalidParams, `Unknown prompt: ${name}`);
  const given = underOwnNames(prompt, stringsOrNone(params, 'arguments'));
  for (const argument of prompt.arguments ?? []) {
    const value = given[argument.name];
    if (value === undefined && argument.required) {
      throw new RpcError(RPC.invalidParams, `Prompt ${prompt.name} needs the argument "${argument.name}"`);
    }
    if (value !== undefined && Array.isArray(argument.complete) && !argument.complete.includes(value)) {
      const allowed = argument.complete.join(', ');
      throw new RpcError(RPC.invalidParams, `${argument.name}: "${value}" is not one of ${allowed}`);
    }
  }
  const result = await prompt.get(given, context);
  if (!Array.isArray(result?.messages)) throw new TypeError(`Prompt ${name} answered without messages`);
  return { ...result };
}

/** The arguments with those that came under an alias under their own name as well. */
function underOwnNames(prompt: Prompt, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const renamed: Record<string, string> = { ...given };
  for (const { name, aliases = [] } of prompt.arguments ?? []) {
    const alias = aliases.find((other) => given[other] !== undefined);
    if (alias !== undefined) renamed[name] ??= given[alias] as string;
  }
  return renamed;
}

function shown(prompt: Prompt): Record<string, unknown> {
  const { name, title, description, icons, _meta } = prompt;
  const args = prompt.arguments?.map((argument) => ({
    name: argument.name,
    description: argument.description,
    required: argument.required ?? false,
  }));
  return { name, title, description, ...(args && { arguments: args }), icons, _meta };
}

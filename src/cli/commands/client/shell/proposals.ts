import type { Command } from 'commander';
import { parseValue } from '../../../../client/arguments/parse.js';
import { resolveReference, typesOf } from '../../../../client/arguments/schema.js';
import type { ReadableSchema } from '../../../../client/arguments/schema.js';
import { complete } from '../../../../client/calls.js';
import type { CompletionReference } from '../../../../client/calls.js';
import type { Connection, RequestExtras } from '../../../../client/connection.js';
import { listPrompts, listResources, listTemplates, listTools } from '../../../../client/lists.js';

/** A word that may stand where the cursor is, and whether it is whole: more can be typed of a word that is not. */
export interface Proposal {
  readonly word: string;
  readonly isWhole: boolean;
}

/** Where the proposals come from. */
export interface Source {
  readonly connection: Connection;
  /** Verbs by their names. */
  readonly verbs: ReadonlyMap<string, Command>;
  /** Further words that a line may begin with. */
  readonly builtins: readonly string[];
  readonly extras: RequestExtras;
}

const whole = (word: string): Proposal => ({ word, isWhole: true });
const begun = (word: string): Proposal => ({ word, isWhole: false });

/** What may stand in place of the word at the cursor, after these words; not only what begins as it does. */
export async function proposalsFor(words: readonly string[], word: string, source: Source): Promise<Proposal[]> {
  const [name, ...operands] = words;
  if (name === undefined) return [...source.verbs.keys(), ...source.builtins].map(whole);
  if (name === 'help' && operands.length === 0) return [...source.verbs.keys()].map(whole);
  const verb = source.verbs.get(name);
  if (verb === undefined) return [];
  if (word.startsWith('-')) return flagsOf(verb).map(whole);
  const choices = verb.options.find((option) => option.long === operands.at(-1))?.argChoices;
  if (choices !== undefined) return choices.map(whole);
  const { connection, extras } = source;
  const [subject, ...given] = operands.filter((operand) => !operand.startsWith('-'));
  switch (name) {
    case 'call':
    case 'load': {
      const tools = await listTools(connection, extras);
      if (subject === undefined) return tools.map((tool) => whole(tool.name));
      const schema = tools.find((tool) => tool.name === subject)?.inputSchema as ReadableSchema | undefined;
      return schema === undefined ? [] : argumentsOf(schema, given, word);
    }
    case 'read':
    case 'watch':
      return name === 'read' && subject !== undefined ? [] : uris(word, source);
    case 'prompt': {
      const prompts = await listPrompts(connection, extras);
      if (subject === undefined) return prompts.map((prompt) => whole(prompt.name));
      const names = prompts.find((prompt) => prompt.name === subject)?.arguments?.map((one) => one.name) ?? [];
      return named(names, { type: 'ref/prompt', name: subject }, given, word, source);
    }
    case 'complete': {
      if (subject === undefined) {
        const [prompts, templates] = await Promise.all([
          listPrompts(connection, extras),
          listTemplates(connection, extras),
        ]);
        return [...prompts.map((prompt) => whole(prompt.name)), ...templates.map((one) => whole(one.uriTemplate))];
      }
      const isTemplate = subject.includes('{');
      const names = isTemplate
        ? variablesOf(subject)
        : ((await listPrompts(connection, extras)).find((one) => one.name === subject)?.arguments ?? []).map(
            (one) => one.name,
          );
      const ref: CompletionReference = isTemplate
        ? { type: 'ref/resource', uri: subject }
        : { type: 'ref/prompt', name: subject };
      return named(names, ref, given, word, source);
    }
    default:
      return [];
  }
}

function flagsOf(verb: Command): string[] {
  return verb
    .createHelp()
    .visibleOptions(verb)
    .flatMap(({ long }) => long ?? []);
}

/** Names of arguments that are not given yet; behind one, its values as far as the schema names them. */
function argumentsOf(root: ReadableSchema, given: readonly string[], word: string): Proposal[] {
  const { properties = {} } = resolveReference(root, root);
  const [name, typed] = parted(word);
  if (typed === undefined) {
    const names = new Set(given.map((pair) => parted(pair)[0]));
    return Object.keys(properties)
      .filter((one) => !names.has(one))
      .map((one) => begun(`${one}=`));
  }
  const property = resolveReference(Object.hasOwn(properties, name) ? (properties[name] ?? {}) : {}, root);
  const values = property.enum ?? property.items?.enum ?? (property.const === undefined ? [] : [property.const]);
  const all = values.length > 0 ? values : typesOf(property, root).includes('boolean') ? [true, false] : [];
  return all
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .filter((text) => parseValue(text, property, root) !== undefined)
    .map((text) => whole(`${name}=${text}`));
}

/** Names of arguments that are not given yet; behind one, the values that the server proposes. */
async function named(
  names: readonly string[],
  ref: CompletionReference,
  given: readonly string[],
  word: string,
  source: Source,
): Promise<Proposal[]> {
  const [name, typed] = parted(word);
  const others = Object.fromEntries(
    given.map(parted).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  if (typed === undefined) return names.filter((one) => !Object.hasOwn(others, one)).map((one) => begun(`${one}=`));
  return (await valuesOf(ref, name, typed, others, source)).map((value) => whole(`${name}=${value}`));
}

async function valuesOf(
  ref: CompletionReference,
  name: string,
  value: string,
  others: Record<string, string>,
  { connection, extras }: Source,
): Promise<readonly string[]> {
  if (!connection.offers('completions')) return [];
  return (await complete(connection, ref, { name, value }, others, extras)).completion.values;
}

/** Resources, and what templates come to: up to their first variable, and then with the values that the server proposes. */
async function uris(word: string, source: Source): Promise<Proposal[]> {
  const { connection, extras } = source;
  const [resources, templates] = await Promise.all([
    listResources(connection, extras),
    listTemplates(connection, extras).catch(() => []),
  ]);
  const filled = await Promise.all(
    templates.map(({ uriTemplate }) => fillTemplate(uriTemplate, word, source).catch(() => [])),
  );
  return [...resources.map(({ uri }) => whole(uri)), ...filled.flat()];
}

/** Simple variables alone (RFC 6570, level 1), from left to right. */
async function fillTemplate(template: string, word: string, source: Source): Promise<Proposal[]> {
  const others: Record<string, string> = {};
  let before = '';
  let rest = template;
  for (const name of variablesOf(template)) {
    const at = rest.indexOf(`{${name}}`);
    before += rest.slice(0, at);
    rest = rest.slice(at + name.length + 2);
    if (!word.startsWith(before)) return before.startsWith(word) ? [begun(before)] : [];
    const typed = /^[^/?#]*/.exec(word.slice(before.length))?.[0] ?? '';
    if (before.length + typed.length === word.length) {
      const values = await valuesOf({ type: 'ref/resource', uri: template }, name, typed, others, source);
      return values.map((value) => ({ word: before + encodeURIComponent(value), isWhole: rest === '' }));
    }
    others[name] = typed;
    before += typed;
  }
  return [whole(before + rest)];
}

/** Variables of a template that are looked at. */
const VARIABLES = 20;

function variablesOf(template: string): string[] {
  return [...template.matchAll(/\{([\w.]+)\}/g)].slice(0, VARIABLES).map(([, name = '']) => name);
}

function parted(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

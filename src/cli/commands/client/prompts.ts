import type { Prompt } from '@modelcontextprotocol/client';
import type { Command } from 'commander';
import { oneLine } from '../../../text/harmless.js';
import { CliError } from '../../errors.js';
import type { Asker } from './ask.js';
import { actConnected } from './connected.js';
import { listVerb } from './list-verb.js';
import { printContent } from './print-content.js';
import { clientVerb, stringPairs } from './verb.js';

export function promptsCommand(): Command {
  return listVerb<Prompt>({
    name: 'prompts',
    summary: 'list the prompts of a server',
    examples: [['mcp-calc client prompts --url http://localhost:1453/mcp', 'of a server at an address']],
    key: 'prompts',
    capability: 'prompts',
    columns: [
      { title: 'PROMPT', value: ({ name }) => name, fixed: true },
      {
        title: 'ARGUMENTS',
        value: ({ arguments: all = [] }) => all.map(({ name, required }) => (required ? name : `${name}?`)).join(' '),
      },
      { title: 'WHAT', value: ({ title, description }) => description ?? title ?? '' },
    ],
    load: async (connection, extras) => (await import('../../../client/lists.js')).listPrompts(connection, extras),
  });
}

export function promptCommand(): Command {
  const verb = clientVerb('prompt', 'get a prompt', [
    ['mcp-calc client prompt generate-problems topic=fractions', 'its messages, filled in'],
    ['mcp-calc client prompt calculator-tutor --json', 'the whole result'],
  ]);
  return actConnected(
    verb,
    { least: 1, most: 100, usage: '<name> [key=value…]' },
    async ({ asker, connection, extras, flags, lookup, operands, output, signal }) => {
      const [name = '', ...pairs] = operands;
      const [{ getPrompt }, { listPrompts }] = await Promise.all([
        import('../../../client/calls.js'),
        import('../../../client/lists.js'),
      ]);
      const known = (lookup === undefined ? [] : await listPrompts(lookup, { signal }).catch(() => [])).find(
        (one) => one.name === name,
      );
      const args = await completed(stringPairs(pairs), known, asker, signal);
      const result = await getPrompt(connection, name, args, extras);
      if (flags.json) return output.printJson(result);
      for (const { role, content } of result.messages) {
        output.print(output.colours.bold(role));
        printContent([content], output);
      }
    },
  );
}

async function completed(
  given: Record<string, string>,
  prompt: Prompt | undefined,
  asker: Asker | undefined,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const missing = (prompt?.arguments ?? []).filter(({ name, required }) => required && !Object.hasOwn(given, name));
  if (missing.length === 0) return given;
  const names = missing.map(({ name }) => oneLine(name));
  if (asker === undefined)
    throw new CliError(`The prompt needs ${names.join(', ')}`, {
      hint: `Give ${names.map((name) => `${name}=…`).join(' ')}.`,
    });
  const asked: Record<string, string> = {};
  for (const { name, description } of missing)
    asked[name] = await asker.ask(
      `${oneLine(name)}${description === undefined ? '' : ` (${oneLine(description)})`}: `,
      signal,
    );
  return { ...given, ...asked };
}

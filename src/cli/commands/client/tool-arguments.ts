import { readFileSync } from 'node:fs';
import type { Tool } from '@modelcontextprotocol/client';
import type { ReadableSchema } from '../../../client/arguments/schema.js';
import { oneLine } from '../../../text/harmless.js';
import { CliError } from '../../errors.js';
import type { ClientRun } from './run.js';
import type { ClientFlags } from './verb.js';

/** The flags of a verb that calls a tool. */
export interface ToolFlags extends ClientFlags {
  args?: string;
}

export const ARGS_OPTION = ['--args <json>', 'all arguments as a JSON object; - reads it from stdin'] as const;

const STDIN = 0;

/** The tool of a name as the server lists it; one that takes anything where the list is refused: then the server judges the name. */
export async function findTool(name: string, { lookup, signal }: Pick<ClientRun, 'lookup' | 'signal'>): Promise<Tool> {
  const { listTools } = await import('../../../client/lists.js');
  const tools = lookup === undefined ? [] : await listTools(lookup, { signal }).catch(() => []);
  return tools.find((one) => one.name === name) ?? { name, inputSchema: { type: 'object' as const } };
}

/** The arguments of a call from `key=value` words and `--args`; what is missing is asked for where there is somebody to ask. */
export async function argumentsFor(
  tool: Tool,
  pairs: readonly string[],
  { args }: ToolFlags,
  { asker, signal, output, goesOn }: Pick<ClientRun, 'asker' | 'signal' | 'output' | 'goesOn'>,
): Promise<Record<string, unknown>> {
  if (args === '-' && goesOn) throw new CliError('--args - reads stdin, which the shell reads its lines from');
  const { missingArguments, parseArguments, parseValue } = await import('../../../client/arguments/parse.js');
  const schema = tool.inputSchema as ReadableSchema;
  const given = { ...jsonArguments(args), ...parseArguments(pairs, schema) };
  const missing = missingArguments(given, schema);
  if (missing.length === 0 || args !== undefined) return given;
  if (asker === undefined) {
    throw new CliError(`"${oneLine(tool.name)}" needs ${oneLine(missing.join(', '))}`, {
      hint: `Give ${oneLine(missing.map((name) => `${name}=…`).join(' '))}, or all arguments as JSON with --args.`,
    });
  }
  for (const name of missing) {
    const property = schema.properties?.[name] ?? {};
    const choices = property.enum === undefined ? '' : ` (${oneLine(property.enum.join(', '))})`;
    const about = property.description === undefined ? '' : ` ${output.noteColours.dim(oneLine(property.description))}`;
    given[name] = parseValue(await asker.ask(`${oneLine(name)}${choices}${about}: `, signal), property, schema, name);
  }
  return given;
}

function jsonArguments(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  const json = text === '-' ? readFileSync(STDIN, 'utf8') : text;
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, like anything else that is no object.
  }
  throw new CliError('--args is not a JSON object', { hint: `Write it as '{"a":1}', or give key=value pairs.` });
}

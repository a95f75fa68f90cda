import { readFileSync } from 'node:fs';
import type { Tool } from '@modelcontextprotocol/client';
import type { Command } from 'commander';
import type { ReadableSchema } from '../../../client/arguments/schema.js';
import { oneLine } from '../../../text/harmless.js';
import { CliError, QuietExit } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { canAsk, terminal } from './ask.js';
import { actConnected } from './connected.js';
import { printContent } from './print-content.js';
import type { ClientRun } from './run.js';
import { clientVerb } from './verb.js';
import type { ClientFlags } from './verb.js';

interface CallFlags extends ClientFlags {
  args?: string;
}

const STDIN = 0;

export function callCommand(): Command {
  const verb = clientVerb('call', 'call a tool', [
    ['mcp-calc client call calculate a=100 b=50 op=add', 'values are typed by the schema of the tool'],
    ['mcp-calc client call evaluate expression="x + 1" variables.x=2', 'a value within an object'],
    [`mcp-calc client call calculate --args '{"a":1,"b":2,"op":"add"}'`, 'all arguments as JSON; --args - reads stdin'],
    ['mcp-calc client call calculate', 'what is missing is asked for on a terminal'],
    ['mcp-calc client call calculate a=1 b=2 op=add --curl --url …', 'the curl lines instead of the answer'],
  ]).option('--args <json>', 'all arguments as a JSON object; - reads it from stdin');
  return actConnected(verb, { least: 1, most: 500, usage: '<tool> [key=value…]' }, call);
}

async function call(run: ClientRun): Promise<void> {
  const { connection, extras, lookup, output, operands, say } = run;
  const [name = '', ...pairs] = operands;
  const flags: CallFlags = run.flags;
  const [{ callTool }, { listTools }, { outputFault }] = await Promise.all([
    import('../../../client/calls.js'),
    import('../../../client/lists.js'),
    import('../../../client/output-schema.js'),
  ]);
  // The list may be refused where the call is not; then values are guessed, and the server judges the name.
  const tool = (lookup === undefined ? [] : await listTools(lookup, { signal: run.signal }).catch(() => [])).find(
    (one) => one.name === name,
  ) ?? { name, inputSchema: { type: 'object' as const } };
  const result = await callTool(connection, tool, await argumentsFor(tool, pairs, flags, run), extras);
  const fault = outputFault(tool, result);
  if (fault !== undefined) say(`${output.noteColours.yellow('note')} ${oneLine(fault)}`);
  if (flags.json) output.printJson(result);
  else {
    printContent(result.content, output);
    if (result.content.length === 0 && result.structuredContent !== undefined)
      output.printJson(result.structuredContent);
  }
  if (result.isError) throw new QuietExit(ExitCode.errorAnswer);
}

async function argumentsFor(
  tool: Tool,
  pairs: readonly string[],
  flags: CallFlags,
  run: Pick<ClientRun, 'say' | 'signal' | 'output'>,
): Promise<Record<string, unknown>> {
  const { missingArguments, parseArguments, parseValue } = await import('../../../client/arguments/parse.js');
  const schema = tool.inputSchema as ReadableSchema;
  const given = { ...jsonArguments(flags.args), ...parseArguments(pairs, schema) };
  const missing = missingArguments(given, schema);
  if (missing.length === 0 || flags.args !== undefined) return given;
  if (!canAsk()) {
    throw new CliError(`"${oneLine(tool.name)}" needs ${oneLine(missing.join(', '))}`, {
      hint: `Give ${oneLine(missing.map((name) => `${name}=…`).join(' '))}, or all arguments as JSON with --args.`,
    });
  }
  for (const name of missing) {
    const property = schema.properties?.[name] ?? {};
    const choices = property.enum === undefined ? '' : ` (${oneLine(property.enum.join(', '))})`;
    const about =
      property.description === undefined ? '' : ` ${run.output.noteColours.dim(oneLine(property.description))}`;
    given[name] = parseValue(
      await terminal.ask(`${oneLine(name)}${choices}${about}: `, run.signal),
      property,
      schema,
      name,
    );
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
  throw new CliError('--args is no JSON object', { hint: `Write it as '{"a":1}', or give key=value pairs.` });
}

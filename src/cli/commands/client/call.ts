import type { Command } from 'commander';
import { oneLine } from '../../../text/harmless.js';
import { QuietExit } from '../../errors.js';
import { ExitCode } from '../../exit-codes.js';
import { actConnected } from './connected.js';
import { printContent } from './print-content.js';
import type { ClientRun } from './run.js';
import { ARGS_OPTION, argumentsFor, findTool } from './tool-arguments.js';
import { clientVerb } from './verb.js';

export function callCommand(): Command {
  const verb = clientVerb('call', 'call a tool', [
    ['mcp-calc client call calculate a=100 b=50 op=add', 'values are typed by the schema of the tool'],
    ['mcp-calc client call evaluate expression="x + 1" variables.x=2', 'a value within an object'],
    [`mcp-calc client call calculate --args '{"a":1,"b":2,"op":"add"}'`, 'all arguments as JSON; --args - reads stdin'],
    ['mcp-calc client call calculate', 'what is missing is asked for on a terminal'],
    ['mcp-calc client call calculate a=1 b=2 op=add --curl --url …', 'the curl lines instead of the answer'],
  ]).option(...ARGS_OPTION);
  return actConnected(verb, { least: 1, most: 500, usage: '<tool> [key=value…]' }, call);
}

async function call(run: ClientRun): Promise<void> {
  const { connection, extras, flags, output, operands, say } = run;
  const [name = '', ...pairs] = operands;
  const [{ callTool }, { outputFault }] = await Promise.all([
    import('../../../client/calls.js'),
    import('../../../client/output-schema.js'),
  ]);
  const tool = await findTool(name, run);
  const args = await argumentsFor(tool, pairs, flags, run);
  run.waits?.();
  const result = await callTool(connection, tool, args, extras);
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

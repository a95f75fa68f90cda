import type { Command } from 'commander';
import { oneLine } from '../../../text/harmless.js';
import { CliError } from '../../errors.js';
import { actConnected } from './connected.js';
import { clientVerb, stringPairs } from './verb.js';

export function completeCommand(): Command {
  const verb = clientVerb('complete', 'complete an argument of a prompt, or a variable of a resource template', [
    ['mcp-calc client complete explain-calculation level=b', 'values of a prompt argument that begin with b'],
    ['mcp-calc client complete calculator://tables/{n} n=1', 'values of a template variable'],
    ['mcp-calc client complete some-prompt city=P country=France', 'given what the others are'],
  ]);
  return actConnected(
    verb,
    { least: 2, most: 50, usage: '<prompt or template> <argument>=<typed> [other=value…]' },
    async ({ connection, extras, flags, operands, output }) => {
      const [subject = '', typed = '', ...rest] = operands;
      const [argument] = Object.entries(stringPairs([typed]));
      if (argument === undefined) throw new CliError(`"${typed}" is not an argument`);
      const ref =
        subject.includes('://') || subject.includes('{')
          ? { type: 'ref/resource' as const, uri: subject }
          : { type: 'ref/prompt' as const, name: subject };
      const { complete } = await import('../../../client/calls.js');
      const result = await complete(
        connection,
        ref,
        { name: argument[0], value: argument[1] },
        stringPairs(rest),
        extras,
      );
      if (flags.json) return output.printJson(result);
      for (const value of result.completion.values) output.print(oneLine(value));
      if (result.completion.hasMore)
        output.note(`and more${result.completion.total === undefined ? '' : `: ${result.completion.total} in all`}`);
    },
  );
}

import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { Prompt } from '@modelcontextprotocol/client';
import { complete, getPrompt } from '../calls.js';
import { expectError, placeOf, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault } from './report.js';
import { walkList } from './walk.js';
import { RPC } from '../../rpc/errors.js';

const GROUP = 'prompts';
/** Passes for a number, an id and a text. */
const PLAIN_WORD = '1';

/** Lists the prompts, and gets every one of them. */
export async function checkPrompts(context: SmokeContext): Promise<void> {
  if (!context.offers('prompts')) return;
  const { connection, recorder, extras } = context;
  const listed = await walkList(context, { group: GROUP, method: 'prompts/list', key: 'prompts', id: 'name' });
  for (const item of listed) {
    await recorder.check(
      GROUP,
      `get ${String(item.name)}`,
      async () => {
        const parsed = specTypeSchemas.Prompt['~standard'].validate(item);
        if (parsed.issues !== undefined) throw new Fault(`its declaration is wrong at ${placeOf(parsed.issues)}`);
        const { messages } = await getPrompt(
          connection,
          parsed.value.name,
          await argumentsOf(parsed.value, context),
          extras,
        );
        if (messages.length === 0) throw new Fault('the result has no messages');
        return messages.length;
      },
      (count) => `${count} ${count === 1 ? 'message' : 'messages'}`,
    );
  }
}

export async function checkPromptErrors({ connection, recorder, extras, offers }: SmokeContext): Promise<void> {
  if (!offers('prompts')) return;
  await recorder.check('errors', 'an unknown prompt is -32602', () =>
    expectError([RPC.invalidParams], () =>
      rawRequest(connection, 'prompts/get', { name: 'no-such-prompt-here' }, extras),
    ),
  );
}

/** The required ones: the first value that the server completes to, or a plain word. */
async function argumentsOf(
  { name, arguments: declared = [] }: Prompt,
  { connection, extras, offers }: SmokeContext,
): Promise<Record<string, string>> {
  const args: Record<string, string> = {};
  for (const { name: argument } of declared.filter(({ required }) => required)) {
    const found = offers('completions')
      ? await complete(connection, { type: 'ref/prompt', name }, { name: argument, value: '' }, args, extras).catch(
          () => undefined,
        )
      : undefined;
    args[argument] = found?.completion.values[0] ?? PLAIN_WORD;
  }
  return args;
}

import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/client';
import { complete, getPrompt } from '../calls.js';
import { ErrorAnswer } from '../errors.js';
import { expectError, firstIssue, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault, Skip, Warning } from './report.js';
import { walkList } from './walk.js';
import { RPC } from '../../rpc/errors.js';

const GROUP = 'prompts';
/** Passes for a number, an id and a text. */
const PLAIN_WORD = '1';

/**
 * Lists the prompts, and gets every one of them. One that is listed and can't be had is a failure, one without messages a warning: no
 * revision forbids it, and it helps nobody.
 */
export async function checkPrompts(context: SmokeContext): Promise<void> {
  if (!context.offers('prompts')) return;
  const listed = await walkList(context, { group: GROUP, method: 'prompts/list', key: 'prompts', id: 'name' });
  for (const item of listed) {
    await context.recorder.check(
      GROUP,
      `get ${String(item.name)}`,
      async () => {
        const parsed = specTypeSchemas.Prompt['~standard'].validate(item);
        if (parsed.issues !== undefined) throw new Fault(`its declaration is wrong: ${firstIssue(parsed.issues)}`);
        const { messages } = await getWithMadeUp(parsed.value, context);
        if (messages.length === 0) throw new Warning('the result has no messages');
        return messages.length;
      },
      (count) => `${count} ${count === 1 ? 'message' : 'messages'}`,
    );
  }
}

/** Servers SHOULD validate what prompts are given: they may well refuse what was made up, and with -32602 as they SHOULD. */
async function getWithMadeUp(prompt: Prompt, context: SmokeContext): Promise<GetPromptResult> {
  const args = await argumentsOf(prompt, context);
  return getPrompt(context.connection, prompt.name, args, context.extras).catch((error: unknown) => {
    if (!(error instanceof ErrorAnswer) || Object.keys(args).length === 0) throw error;
    if (error.rpcCode === RPC.invalidParams)
      throw new Skip(`it refuses the arguments that were made up: ${error.message}`);
    throw new Warning(error.message);
  });
}

/** -32602 SHOULD be the code (prompts, "Error Handling"); but servers MUST validate all inputs of prompts ("Security"). */
export async function checkPromptErrors({ connection, recorder, extras, offers }: SmokeContext): Promise<void> {
  if (!offers('prompts')) return;
  await recorder.check('errors', 'an unknown prompt is -32602', () =>
    expectError(
      RPC.invalidParams,
      () => rawRequest(connection, 'prompts/get', { name: 'no-such-prompt-here' }, extras),
      (result) => (result === undefined ? Warning : Fault),
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

import type { CallToolResult, ContentBlock, Tool } from '@modelcontextprotocol/client';
import { callTool, getPrompt, readResource } from '../../calls.js';
import { ErrorAnswer } from '../../errors.js';
import { listTools } from '../../lists.js';
import { outputFault } from '../../output-schema.js';
import type { SmokeContext } from '../check.js';
import { Fault, Skip } from '../report.js';
import type { CallExpectation, ExpectedCall, Expectations } from './expectations.js';
import { textFault, valueFault } from './match.js';

const GROUP = 'expect';

/** Calls, reads and gets what the author of the expectations has written down, and compares the answers. */
export async function checkExpectations(context: SmokeContext): Promise<void> {
  const { connection, recorder, extras, expectations } = context;
  const { calls = [], resources = [], prompts = [] } = expectations;
  if (calls.length > 0) await checkCalls(context, calls);
  for (const [index, { name, uri, expect = {} }] of resources.entries())
    await recorder.check(GROUP, name ?? `resources[${index}] ${uri}`, () =>
      expectAnswer(
        expect,
        () => readResource(connection, uri, extras),
        ({ contents }) => {
          requireText(expect.text, contents.map((part) => ('text' in part ? part.text : '')).join('\n'));
          const types = contents.map(({ mimeType = 'none' }) => mimeType);
          if (expect.mimeType !== undefined && !types.includes(expect.mimeType))
            throw new Fault(`the type is ${types.join(', ')}, not ${expect.mimeType}`);
        },
      ),
    );
  for (const [index, { name, prompt, arguments: args = {}, expect = {} }] of prompts.entries())
    await recorder.check(GROUP, name ?? `prompts[${index}] ${prompt}`, () =>
      expectAnswer(
        expect,
        () => getPrompt(connection, prompt, args, extras),
        ({ messages }) => requireText(expect.text, textOf(messages.map(({ content }) => content))),
      ),
    );
}

async function checkCalls(context: SmokeContext, calls: NonNullable<Expectations['calls']>): Promise<void> {
  const { connection, recorder, extras } = context;
  let listed: Map<string, Tool> | undefined;
  for (const [index, call] of calls.entries()) {
    const { tool, arguments: args = {}, expect = {} } = call;
    await recorder.check(GROUP, nameOf(call, index), async () => {
      if (recorder.leavesOut(tool)) throw new Skip('left out as asked');
      listed ??= new Map((await listTools(connection, extras)).map((one) => [one.name, one]));
      const declared: { name: string } = listed.get(tool) ?? { name: tool };
      await expectAnswer(
        expect,
        () => callTool(connection, declared, args, extras),
        (result) => requireResult(declared, expect, result, context),
      );
    });
  }
}

function nameOf({ name, tool }: ExpectedCall, index: number): string {
  return name ?? `calls[${index}] ${tool}`;
}

function requireResult(
  tool: Pick<Tool, 'name' | 'outputSchema'>,
  { isError = false, text, structuredContent }: CallExpectation,
  result: CallToolResult,
  { answers }: SmokeContext,
): void {
  const found = textOf(result.content);
  const isAsExpected = (result.isError === true) === isError;
  answers.push(isAsExpected);
  if (!isAsExpected)
    throw new Fault(isError ? `it succeeds: ${JSON.stringify(found)}` : `a tool error: ${found || 'without a text'}`);
  requireText(text, found);
  const fault =
    structuredContent === undefined
      ? undefined
      : valueFault(structuredContent, result.structuredContent, 'structuredContent');
  const unfit = fault ?? outputFault(tool, result);
  if (unfit !== undefined) throw new Fault(unfit);
}

/** The answer is judged by `judge`, unless an error of JSON-RPC is expected in its place. */
async function expectAnswer<T>(
  { error: code, text }: { readonly error?: number; readonly text?: string },
  request: () => Promise<T>,
  judge: (answer: T) => void,
): Promise<void> {
  let answer: T;
  try {
    answer = await request();
  } catch (error) {
    if (!(error instanceof ErrorAnswer) || code === undefined) throw error;
    if (error.rpcCode !== code) throw new Fault(`answered with error ${error.rpcCode}, not with ${code}`);
    return requireText(text, error.message);
  }
  if (code !== undefined) throw new Fault(`answered with a result, not with error ${code}`);
  judge(answer);
}

function requireText(expected: string | undefined, found: string): void {
  const fault = expected === undefined ? undefined : textFault(expected, found);
  if (fault !== undefined) throw new Fault(fault);
}

function textOf(content: readonly ContentBlock[]): string {
  return content
    .map((part) =>
      part.type === 'text' ? part.text : part.type === 'resource' && 'text' in part.resource ? part.resource.text : '',
    )
    .filter((text) => text !== '')
    .join('\n');
}

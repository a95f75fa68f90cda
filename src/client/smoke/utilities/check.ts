import type { Prompt, ResourceTemplateType as ResourceTemplate, Tool } from '@modelcontextprotocol/client';
import { isObject } from '../../../rpc/messages.js';
import { callTool, complete, ping, setLogLevel, subscribe, unsubscribe } from '../../calls.js';
import type { CompletionReference } from '../../calls.js';
import { ErrorAnswer } from '../../errors.js';
import { listPrompts, listResources, listTemplates, listTools } from '../../lists.js';
import type { SmokeContext } from '../check.js';
import { Fault, Warning } from '../report.js';
import { sampleArguments } from '../tools.js';
import { checkResumption } from './resumption.js';

const GROUP = 'utilities';
/** Values of a completion (2025-11-25, server/utilities/completion, "Completion Results"). */
const VALUES = 100;
/** Resources that are tried for one that can be subscribed to. */
const SUBSCRIPTIONS = 20;

/** What goes beside the lists and the calls, each where the server offers it. The modern era has checks of its own for changes and levels. */
export async function checkUtilities(context: SmokeContext): Promise<void> {
  const { connection, recorder, extras, offers } = context;
  if (connection.era === 'legacy') {
    if (connection.client.getServerCapabilities()?.resources?.subscribe) await checkSubscription(context);
    if (offers('logging'))
      await recorder.check(GROUP, 'logging/setLevel', () => setLogLevel(connection, 'warning', extras));
  }
  if (offers('completions')) await checkCompletion(context);
  await checkCancellation(context);
  if (connection.era === 'legacy') await checkResumption(context);
}

/** What a list holds; nothing where it fails, which is for the checks of that list to say. */
function found<T>(list: Promise<T[]>): Promise<T[]> {
  return list.catch(() => []);
}

/**
 * Which resources change is the server's to say: the first that it takes is enough. One that takes none is a warning: the SDK 2.x
 * declares subscriptions in the legacy era, and does not know the method.
 */
async function checkSubscription({ connection, recorder, extras }: SmokeContext): Promise<void> {
  const resources = (await found(listResources(connection, extras))).slice(0, SUBSCRIPTIONS);
  if (resources.length === 0) return;
  await recorder.check(
    GROUP,
    'resources/subscribe, and unsubscribe',
    async () => {
      let refusal: ErrorAnswer | undefined;
      for (const { uri } of resources)
        try {
          await subscribe(connection, uri, extras);
          await unsubscribe(connection, uri, extras);
          return uri;
        } catch (error) {
          refusal = ownWord(error);
        }
      throw new Warning(refusal?.message ?? '');
    },
    String,
  );
}

/** What a server says of one item, which is its own affair; rejects with all else. */
function ownWord(error: unknown): ErrorAnswer {
  if (error instanceof ErrorAnswer) return error;
  throw error;
}

/** Of the first prompt with an argument, and of the first template with a variable. */
async function checkCompletion({ connection, recorder, extras, offers }: SmokeContext): Promise<void> {
  const prompts = offers('prompts') ? await found(listPrompts(connection, extras)) : [];
  const templates = offers('resources') ? await found(listTemplates(connection, extras)) : [];
  for (const completed of [argumentOf(prompts), variableOf(templates)]) {
    if (completed === undefined) continue;
    const { ref, name } = completed;
    await recorder.check(
      GROUP,
      `complete ${name} of ${ref.type === 'ref/prompt' ? ref.name : ref.uri}`,
      async () => {
        const { completion } = await complete(connection, ref, { name, value: '' }, {}, extras).catch(
          (error: unknown) => {
            throw new Warning(ownWord(error).message);
          },
        );
        if (completion.values.length > VALUES)
          throw new Fault(`${completion.values.length} values, where ${VALUES} are the most`);
        return completion.values.length;
      },
      (count) => `${count} values`,
    );
  }
}

interface Completed {
  readonly ref: CompletionReference;
  readonly name: string;
}

function argumentOf(prompts: readonly Prompt[]): Completed | undefined {
  for (const { name: prompt, arguments: [first] = [] } of prompts)
    if (first !== undefined) return { ref: { type: 'ref/prompt', name: prompt }, name: first.name };
  return undefined;
}

function variableOf(templates: readonly ResourceTemplate[]): Completed | undefined {
  for (const { uriTemplate: uri } of templates) {
    const name = /\{[+#./;?&]?(\w+)/.exec(uri)?.[1];
    if (name !== undefined) return { ref: { type: 'ref/resource', uri }, name };
  }
  return undefined;
}

/** A call that is cancelled as soon as it has left: the server goes on (basic/utilities/cancellation). What it had done by then is its own. */
async function checkCancellation(context: SmokeContext): Promise<void> {
  const { connection, recorder, extras, offers } = context;
  if (!offers('tools')) return;
  const tool = (await found(listTools(connection, extras))).find((one) => mayCancel(one, context));
  if (tool === undefined) return;
  await recorder.check(
    GROUP,
    'a cancelled call leaves the server well',
    async () => {
      const cancel = new AbortController();
      const signal = AbortSignal.any([cancel.signal, ...(extras.signal === undefined ? [] : [extras.signal])]);
      const stop = connection.observe((direction, message) => {
        if (direction === 'sent' && isObject(message) && message.method === 'tools/call')
          queueMicrotask(() => cancel.abort());
      });
      const cancelled = await callTool(connection, tool, sampleArguments(tool), { signal })
        .then(
          () => false,
          // An error that is not of the cancellation is that of a call with made-up arguments, which has a check of its own.
          () => true,
        )
        .finally(stop);
      await ping(connection, extras);
      return cancelled;
    },
    (cancelled) => (cancelled ? tool.name : `${tool.name} was answered before it was cancelled`),
  );
}

function mayCancel(tool: Tool, { recorder }: SmokeContext): boolean {
  if (tool.annotations?.readOnlyHint !== true || tool.execution?.taskSupport === 'required') return false;
  if (recorder.leavesOut(tool.name)) return false;
  try {
    sampleArguments(tool);
    return true;
  } catch {
    return false;
  }
}

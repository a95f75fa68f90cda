import type {
  ClientCapabilities,
  Elicited,
  ElicitationSchema,
  LogLevel,
  Root,
  Sampled,
  SamplingRequest,
} from '../../catalog/context.js';
import type { HandedOn } from '../../catalog/content.js';
import { ToolError } from '../../catalog/errors.js';
import type { Surroundings } from '../call-context.js';
import { clientOf, HandlerContext } from '../call-context.js';
import { forgettable } from '../errors.js';
import type { OpenRequest } from '../open-requests.js';
import type { Read } from '../questions.js';
import { readElicited, readOpened, readRoots, readSampled } from '../questions.js';
import type { Params } from '../params.js';
import type { Facts, MessageToken, Sink } from '../served.js';
import type { Questions } from './questions.js';

/** What a client hears that has set no level (server/utilities/logging leaves it to the server): each message makes its answer a stream. */
const DEFAULT_LEVEL: LogLevel = 'info';

/** The {@link CallContext} of one request of the legacy era: questions are live. */
export class LegacyContext extends HandlerContext {
  constructor(
    open: OpenRequest,
    facts: Facts,
    sink: Sink,
    private readonly questions: () => Questions,
    around: Surroundings,
    token?: MessageToken,
  ) {
    super(open, facts, sink, around, token);
  }

  get client(): ClientCapabilities {
    const { record } = this.facts;
    return clientOf(record && (JSON.parse(record.initialize) as Params).capabilities);
  }

  protected get leastLevel(): LogLevel {
    return (this.facts.record?.logLevel as LogLevel | undefined) ?? DEFAULT_LEVEL;
  }

  readonly elicit = (message: string, requestedSchema: ElicitationSchema): Promise<Elicited> =>
    forgettable(this.askPerson(message, requestedSchema));

  readonly elicitUrl = (message: string, url: string): Promise<Pick<Elicited, 'action'>> =>
    forgettable(this.askToOpen(message, url));

  readonly sample = (request: SamplingRequest): Promise<Sampled> => forgettable(this.askModel(request));

  readonly roots = (): Promise<readonly Root[]> => forgettable(this.askRoots());

  /** A handler is entered once: nothing is ever repeated. */
  readonly step = <T>(_name: string, run: () => T | Promise<T>): Promise<T> => forgettable((async () => run())());

  readonly detach = (): Promise<HandedOn> =>
    forgettable(Promise.reject(new ToolError('A call can become a task from revision 2026-07-28 on')));

  readonly resourceUpdated = async (uri: string, { own = false } = {}): Promise<void> => {
    const { record, storage } = this.facts;
    const isNow = own || (this.around.changes?.publish({ kind: 'resource', uri, by: record?.id }) ?? true);
    // What is put off is told to this session as to all others.
    if (!record?.subscribed || !isNow) return;
    const told = storage?.sessions.isSubscribed(record.id, uri).then((subscribed) => {
      if (!subscribed) return;
      return this.sink.notify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
    });
    await this.tell(told ?? Promise.resolve());
  };

  /** Other sessions have no way to be told that they did not ask for. */
  protected override tellOfList(): Promise<void> {
    if (!this.facts.record) return Promise.resolve();
    return this.tell(this.sink.notify({ jsonrpc: '2.0', method: 'notifications/resources/list_changed' }));
  }

  private async askPerson(message: string, requestedSchema: ElicitationSchema): Promise<Elicited> {
    if (!this.client.elicitation)
      throw lacking('elicitation', 'cannot ask you for what is missing: give it with the call');
    const answer = await this.ask('elicitation/create', { mode: 'form', message, requestedSchema });
    return fitting(await readElicited(answer, requestedSchema, this.around.loadValidator));
  }

  private async askToOpen(message: string, url: string): Promise<Pick<Elicited, 'action'>> {
    if (!this.client.elicitationUrl) throw lacking('elicitation.url', 'cannot ask you to open an address');
    const elicitationId = crypto.randomUUID();
    return fitting(readOpened(await this.ask('elicitation/create', { mode: 'url', message, url, elicitationId })));
  }

  private async askModel(request: SamplingRequest): Promise<Sampled> {
    if (!this.client.sampling) throw lacking('sampling', 'cannot ask a model');
    return fitting(readSampled(await this.ask('sampling/createMessage', { ...request })));
  }

  private async askRoots(): Promise<readonly Root[]> {
    if (!this.client.roots) throw lacking('roots', 'cannot know which folders it may use');
    return fitting(readRoots(await this.ask('roots/list', {})));
  }

  private ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    return this.questions().ask(method, params, this.open);
  }
}

function fitting<T>(read: Read<T>): T {
  if ('misfit' in read) throw new ToolError(`The client did not answer what it was asked: ${read.misfit}`);
  return read.value;
}

function lacking(capability: string, consequence: string): ToolError {
  return new ToolError(`The client has not declared the "${capability}" capability, so this tool ${consequence}.`);
}

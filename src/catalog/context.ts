import type { HistoryEntry } from '../sessions/contract.js';
import type { HandedOn, ToolResult } from './content.js';

/** RFC 5424 severities, least severe first (schema.ts, `LoggingLevel`). */
export type LogLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';

/** What a handler may know of its session. Times are milliseconds since the epoch. */
export interface CallSession {
  readonly id: string;
  readonly createdAt: number;
  readonly lastActivity: number;
  readonly requestCount: number;
  readonly calculationCount: number;
}

/** A calculation to be kept. */
export interface NewCalculation {
  readonly operation: string;
  /** The calculation as text: `100 ÷ 5`. */
  readonly expression: string;
  readonly value: number;
  /** All digits of the value, where a number does not keep them. */
  readonly exact?: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** One acknowledged calculation. */
export interface Calculation extends HistoryEntry, NewCalculation {
  readonly id: string;
}

/**
 * The calculations of the session; in the modern era, which has none, of the history that a call names by its `historyId`, else of the
 * caller that has signed in. Where nothing is kept, `add` only counts for the metrics.
 */
export interface History {
  /**
   * Whether calculations are kept: the session's or the caller's `own`, which resources may show; or in one that was `opened`, which
   * only its `historyId` finds. Absent where nothing is kept.
   */
  readonly kept?: 'own' | 'opened';
  /** Persists a calculation before it resolves; its id where it is kept, undefined where it is not. */
  add(calculation: NewCalculation): Promise<string | undefined>;
  /** The newest first, at most `limit`; all that are kept without a limit. */
  list(limit?: number): Promise<Calculation[]>;
  find(id: string): Promise<Calculation | undefined>;
  /** How many were ever kept, those included that no longer are. */
  count(): Promise<number>;
  /**
   * Opens a history for whoever calls, and resolves to its `historyId`, which is a secret where nobody has to sign in. Absent where
   * none can be opened: in the legacy era, and on a stateless server. Rejects with a {@link ToolError} where there are too many.
   */
  open?(): Promise<string>;
}

export interface CallRequest {
  /** The JSON-RPC id of the request. */
  readonly id: string | number;
  /** The JSON-RPC method. */
  readonly method: string;
  /** Lower-case names; secrets already redacted. Empty on stdio. */
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: 'stdio' | 'sse' | 'streamable-http';
  readonly protocolVersion: string;
  /** The id under which the server logs this exchange. */
  readonly requestId: string;
}

/** Who calls, where the server asks for a token. */
export interface Caller {
  readonly issuer?: string;
  readonly subject: string;
  readonly clientId?: string;
  readonly scopes: readonly string[];
  /**
   * What the verified token says: the claims of a JWT, or the answer of the authorization server to its introspection (`email`,
   * `groups` …). Read only. Of a token that says more than 8,192 characters of JSON, not all claims are here.
   */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Which of its own features the client has declared. */
export interface ClientCapabilities {
  /** By form. */
  readonly elicitation: boolean;
  /** By an address that a person opens. */
  readonly elicitationUrl: boolean;
  readonly sampling: boolean;
  readonly roots: boolean;
  /** Whether this call may become a task: its client has declared the Tasks extension, and its tool and this server have it too. */
  readonly tasks: boolean;
}

/**
 * A task that is in nobody's hands but those that it was given into: what works on it says so here, or from any other process by
 * `openTasks`. Each function resolves to false when the task has ended: it was cancelled, or has expired, and the work can stop. They
 * reject with a StoreUnavailableError when the storage does not answer, and may be called again then.
 */
export interface DetachedTask {
  /** Who has it can tell of the task and end it. */
  readonly id: string;
  /** Says in words what the task is in; at most 1,000 characters are kept. */
  report(message: string): Promise<boolean>;
  /** Ends it with a result, an `isError` one too. Rejects with a TooLongError for one of more than 1,000,000 bytes as JSON. */
  complete(result: ToolResult): Promise<boolean>;
  /** Ends it with an error, where there is no result at all. */
  fail(message: string): Promise<boolean>;
}

/** A flat object schema of primitive properties (schema.ts, `ElicitRequestFormParams.requestedSchema`). */
export interface ElicitationSchema {
  type: 'object';
  properties: Record<string, Record<string, unknown>>;
  required?: string[];
}

export type Elicited =
  | { action: 'accept'; content: Record<string, unknown> }
  | { action: 'decline' }
  | { action: 'cancel' };

/** What a model is shown, and answers with (schema.ts, `SamplingMessageContentBlock`, without tools). Data is base64. */
export type SampleContent =
  | { type: 'text'; text: string }
  | { type: 'image'; data: string; mimeType: string }
  | { type: 'audio'; data: string; mimeType: string };

export interface SamplingRequest {
  /** A list of several blocks needs a client of 2025-11-25 or newer. */
  messages: { role: 'user' | 'assistant'; content: SampleContent | SampleContent[] }[];
  systemPrompt?: string;
  maxTokens: number;
  temperature?: number;
}

export interface Sampled {
  /** The text of the answer; empty where the model answered with something else. */
  text: string;
  /** All of the answer that is text, image or audio. */
  content: SampleContent[];
  model: string;
  stopReason?: string;
}

/** A folder or file that the client has opened to the server (schema.ts, `Root`). */
export interface Root {
  readonly uri: string;
  readonly name?: string;
}

/** How a question is asked. */
export interface AskOptions {
  /**
   * The name of the question within its call, under which the client's answer is found when the handler is entered again. Its place
   * in the order of asking where it is absent; questions that are asked at once need one each.
   */
  readonly key?: string;
}

export interface StepOptions {
  /** May happen only once, however often the client sends its answers again. The rule in tools that are destructive. */
  readonly once?: boolean;
}

/** Figures of the serving process and of the store behind it. */
export interface ServerFigures {
  /** Whether anything is kept from one request to the next. */
  readonly stateful: boolean;
  /** Seconds since the process started. */
  uptime(): number;
  activeSessions(): Promise<number>;
  /** Calculations since the process started, by operation. */
  calculations(): Readonly<Record<string, number>>;
}

/** What a handler gets, and all that it gets. It may forget to await any of it. */
export interface CallContext {
  /** Aborted when the client cancels, or when its session ends. */
  readonly signal: AbortSignal;
  /** Absent when the server is stateless, and in the modern era. */
  readonly session?: CallSession;
  readonly history: History;
  readonly request: CallRequest;
  readonly caller?: Caller;
  readonly client: ClientCapabilities;
  readonly server: ServerFigures;
  /** Whether the client asked for progress with a token; without one, progress reaches it as log messages. */
  readonly wantsProgress: boolean;
  /**
   * `done` must grow from call to call. Resolves when it is written, so that a slow reader slows the handler. Never rejects, as the
   * other notifications: one that can't be sent is dropped.
   */
  progress(done: number, total?: number, message?: string): Promise<void>;
  /** Sends `notifications/message`, where the client's `logging/setLevel` lets it pass; `debug` only where that asks for it. */
  log(level: LogLevel, data: unknown, logger?: string): Promise<void>;
  /** Asks the person behind the client. Rejects with a {@link ToolError} where the client can't be asked. */
  elicit(message: string, requestedSchema: ElicitationSchema, options?: AskOptions): Promise<Elicited>;
  /**
   * Asks the person behind the client to open an address: for what no form may ask for, such as a password or a payment. `accept` says
   * that it will be opened, not that all is done there. Rejects with a {@link ToolError} where the client opens none.
   */
  elicitUrl(message: string, url: string, options?: AskOptions): Promise<Pick<Elicited, 'action'>>;
  /** Asks the client's model. Rejects with a {@link ToolError} where the client has none. */
  sample(request: SamplingRequest, options?: AskOptions): Promise<Sampled>;
  /** Asks the client for the folders it has opened to the server. Rejects with a {@link ToolError} where it has none. */
  roots(options?: AskOptions): Promise<readonly Root[]>;
  /**
   * Runs `run` and gives what it gives. In the modern era a handler that asks is entered again with the answer, from its beginning:
   * what must not be done again on the way there (a request to another service, a random number, the time) is a step, and what it
   * gave, as JSON, is given again. A step does not ask: it would wait for an answer that its call can't stop for.
   * @example
   * const order = await context.step('order', () => shop.reserve(item));
   * const answer = await context.elicit(`Pay ${order.price}?`, schema);
   */
  step<T>(name: string, run: () => T | Promise<T>, options?: StepOptions): Promise<T>;
  /**
   * Tells whoever has subscribed to `uri` that it has changed: sessions and the listeners of the modern era, on every node, a few
   * times a second at most. `own` says that the resource is another one for each caller: then only this caller's hear of it.
   */
  resourceUpdated(uri: string, options?: { readonly own?: boolean }): Promise<void>;
  /**
   * Tells that `resources/list` has changed, of a catalog in which a template says so by `listChanges`: the listeners of the modern era,
   * on every node; of the legacy era, the session that calls.
   */
  resourceListChanged(): Promise<void>;
  /**
   * Makes the call a task, if it is none yet, and gives it out of hand: once `handOn` has resolved, it no longer ends with this node,
   * and is ended by whatever `handOn` gave its id to. The handler returns what this gives. Where `handOn` rejects, the task fails.
   * Rejects with a {@link ToolError} where the call can't become a task (`client.tasks`).
   * @example
   * handler: ({ file }, context) => context.detach((task) => queue.add('convert', { task: task.id, file })),
   * // The worker, in a process of its own:
   * const tasks = await openTasks({ url: 'redis://localhost:6379' });
   * await tasks.task(job.task).complete({ content: [{ type: 'text', text: 'converted' }] });
   */
  detach(handOn: (task: DetachedTask) => void | Promise<void>): Promise<HandedOn>;
  /** Closes the answer's stream early; the client resumes it with `Last-Event-ID` (SEP-1699). No effect elsewhere. */
  closeStream(): void;
}

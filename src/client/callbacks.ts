import type { CreateMessageRequestParams, CreateMessageResult, CreateMessageResultWithTools, ElicitRequestParams, ElicitResult, LoggingMessageNotification } from '@modelcontextprotocol/sdk/types.js';
import type { HttpRequest } from './curl.js';
import type { TraceListener } from './trace.js';

/** What a server may ask of its client, and what it may tell. Everything is optional. */
export interface Callbacks {
  /** Answers a question of the server. Without it, questions are cancelled. */
  elicit?(question: ElicitRequestParams, signal: AbortSignal): Promise<ElicitResult>;
  /** Answers in place of a model. Without it, the server is told that sampling was rejected. */
  sample?(request: CreateMessageRequestParams, signal: AbortSignal): Promise<CreateMessageResult | CreateMessageResultWithTools>;
  onLog?(message: LoggingMessageNotification['params']): void;
  /** Something has changed: the method of the notification, and its parameters. */
  onChange?(method: string, params: Readonly<Record<string, unknown>>): void;
  /** Something that a person should know and that is no result. */
  onNotice?(text: string): void;
  onTrace?: TraceListener;
  /** Every HTTP request, before it is sent. */
  onRequest?(request: HttpRequest): void;
  /** What a stdio server writes to stderr. */
  onStderr?(text: string): void;
}

import type { ZodType, input } from 'zod';

/** One block of content (schema.ts, `ContentBlock`). */
export type Content =
  | { type: 'text'; text: string; annotations?: ContentAnnotations; _meta?: Record<string, unknown> }
  | { type: 'image'; data: string; mimeType: string; annotations?: ContentAnnotations; _meta?: Record<string, unknown> }
  | { type: 'audio'; data: string; mimeType: string; annotations?: ContentAnnotations; _meta?: Record<string, unknown> }
  | { type: 'resource'; resource: ResourceContents; annotations?: ContentAnnotations; _meta?: Record<string, unknown> }
  | {
      type: 'resource_link';
      uri: string;
      name: string;
      title?: string;
      description?: string;
      mimeType?: string;
      annotations?: ContentAnnotations;
      _meta?: Record<string, unknown>;
    };

export interface ContentAnnotations {
  audience?: ('user' | 'assistant')[];
  priority?: number;
  lastModified?: string;
}

/** Contents of a resource: text or base64 blob. */
export type ResourceContents =
  | { uri: string; mimeType?: string; text: string; _meta?: Record<string, unknown> }
  | { uri: string; mimeType?: string; blob: string; _meta?: Record<string, unknown> };

/** `S` is what the tool's output schema asks for. */
export interface ToolResult<S = Record<string, unknown>> {
  content: Content[];
  structuredContent?: S;
  isError?: boolean;
  _meta?: Record<string, unknown>;
}

/** What the handler of a task that was handed on returns: it holds nothing, whatever the output schema. */
export type HandedOn = ToolResult<never>;

/** What a handler answers: with an output schema of zod, its `structuredContent` has the type that the schema takes. */
export type ResultOf<O> = [O] extends [ZodType] ? ToolResult<Readable<input<O>>> : ToolResult;

/** A value that is only read: what can't be changed fits as well. */
type Readable<T> = T extends readonly (infer E)[]
  ? readonly Readable<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Readable<T[K]> }
    : T;

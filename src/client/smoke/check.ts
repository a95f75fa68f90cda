import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { StandardSchemaV1 } from '@modelcontextprotocol/client';
import type { Connection, RequestExtras } from '../connection.js';
import { ErrorAnswer } from '../errors.js';
import type { Expectations } from './expect/expectations.js';
import type { Recorder } from './recorder.js';

/** What the checks work with. */
export interface SmokeContext {
  readonly connection: Connection;
  readonly recorder: Recorder;
  readonly extras: RequestExtras;
  /** Call tools that are not marked as read-only, too. */
  readonly allTools: boolean;
  /** What the server must answer to some requests. */
  readonly expectations: Expectations;
  /** Of each call that was answered with a result: whether it was one that a caller wants. */
  readonly answers: boolean[];
  /** Whether the server declared this capability. */
  offers(capability: string): boolean;
}

/** A request whose result is taken as it comes: what is wrong with it is for the check to say. */
export function rawRequest(
  connection: Connection,
  method: string,
  params: Readonly<Record<string, unknown>> | undefined,
  extras: RequestExtras,
): Promise<Record<string, unknown>> {
  return connection.request(
    (client, options) => client.request({ method, params: params && { ...params } }, specTypeSchemas.Result, options),
    extras,
  );
}

/** Where a value first breaks its schema, and how: `inputSchema.type: …`. */
export function firstIssue([issue]: readonly StandardSchemaV1.Issue[]): string {
  const place = (issue?.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
  return `${place || 'the item'}: ${issue?.message ?? 'is wrong'}`;
}

/** How bad an answer is that is not the error that was expected: a Fault or a Warning. */
export type Verdict = new (message: string) => Error;

/** Passes where the request is answered with this JSON-RPC error. `verdict` gets the result, or undefined for another error. */
export async function expectError(
  code: number,
  request: () => Promise<Record<string, unknown>>,
  verdict: (result: Record<string, unknown> | undefined) => Verdict,
): Promise<number> {
  let result: Record<string, unknown>;
  try {
    result = await request();
  } catch (error) {
    if (!(error instanceof ErrorAnswer)) throw error;
    if (error.rpcCode === code) return code;
    throw new (verdict(undefined))(`answered with error ${error.rpcCode}, not with ${code}`);
  }
  const what = result.isError === true ? 'a tool error' : 'a result';
  throw new (verdict(result))(`answered with ${what}, not with error ${code}`);
}

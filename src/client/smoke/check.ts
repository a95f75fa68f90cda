import { specTypeSchemas } from '@modelcontextprotocol/client';
import type { StandardSchemaV1 } from '@modelcontextprotocol/client';
import type { Connection, RequestExtras } from '../connection.js';
import { ErrorAnswer } from '../errors.js';
import { Fault } from './report.js';
import type { Recorder } from './report.js';

/** What the checks work with. */
export interface SmokeContext {
  readonly connection: Connection;
  readonly recorder: Recorder;
  readonly extras: RequestExtras;
  /** Call tools that are not marked as read-only, too. */
  readonly allTools: boolean;
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

/** Where a value first breaks its schema: `inputSchema.type`. */
export function placeOf([issue]: readonly StandardSchemaV1.Issue[]): string {
  return (issue?.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
}

/** Passes where the request is answered with one of these JSON-RPC errors. */
export async function expectError(codes: readonly number[], request: () => Promise<unknown>): Promise<number> {
  const wanted = codes.join(' or ');
  try {
    await request();
  } catch (error) {
    if (!(error instanceof ErrorAnswer)) throw error;
    if (codes.includes(error.rpcCode)) return error.rpcCode;
    throw new Fault(`answered with error ${error.rpcCode}, not with ${wanted}`);
  }
  throw new Fault(`answered with a result, not with error ${wanted}`);
}

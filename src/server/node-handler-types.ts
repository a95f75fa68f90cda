import type { HostCaller } from '../auth/caller.js';
import type { Logger } from '../log.js';
import type { OpenTelemetryApi } from '../telemetry/api.js';
import type { ServerOptions } from './library-options.js';

/** A request of `node:http`, by what tells one: whatever framework stands around, and whoever has Node's types. */
export interface NodeRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
}

/** A response of `node:http`, by what tells one. */
export interface NodeResponse {
  readonly headersSent: boolean;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
}

/** Serves MCP at whatever path it is mounted; made by `createNodeHandler`. */
export interface NodeHandler {
  /**
   * Answers a request, and resolves when its connection is done with it. Never rejects. A body that was parsed already is taken from
   * `req.body`, or given as the third argument (a function there is Express's `next`, and is not called).
   */
  (req: NodeRequest, res: NodeResponse, body?: unknown): Promise<void>;
  /**
   * To be called when the server is about to stop, and before it is closed: ends subscriptions, waits for calls in flight, at most for
   * `drainTimeout`, and ends the streams that only listen: their clients come back, to another node.
   */
  drain(): Promise<void>;
  /** Aborts what still runs, whose requests are answered with an error, and lets go of the storage. What comes later gets 503. */
  close(): Promise<void>;
}

/** The settings of `mcp-calc http`, and what only a handler inside another server needs. `Req`: that server's request. */
export type NodeHandlerOptions<Req = NodeRequest> = ServerOptions & {
  /**
   * Whether `Host`, `Origin` and the rate limit are looked at here; true where it is absent. False where the server around does it: the
   * specification asks for a look at `Origin` (basic/transports/streamable-http, "Security").
   */
  readonly guards?: boolean;
  /**
   * Who calls, by what the server around knows; undefined for nobody. By default the caller that `req.auth` means: the `AuthInfo` of
   * the MCP SDK with a subject in its `extra`, or the claims of a JWT.
   */
  readonly caller?: (req: Req) => HostCaller | undefined | Promise<HostCaller | undefined>;
  /**
   * The API of OpenTelemetry, by whose providers spans and metrics are made: `import * as openTelemetry from '@opentelemetry/api'`. Its
   * SDK is set up by the program around; without one, nothing is sent.
   */
  readonly openTelemetry?: OpenTelemetryApi;
  /** Takes what is logged, instead of stderr, whatever `logLevel` says. */
  readonly logger?: Logger;
};

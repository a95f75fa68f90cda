import type { Connection, RequestExtras } from '../connection.js';
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

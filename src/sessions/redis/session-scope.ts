import type { Logger } from '../../log.js';
import type { Commands, Script } from './commands.js';
import type { Keys } from './keys.js';
import { noteNewerRecord } from './record-version.js';
import { INDEX_SESSION } from './session-scripts.js';

/** Runs the scripts of one session: adds the keys and arguments that all of them begin with. */
export class SessionScope {
  constructor(
    readonly commands: Commands,
    readonly keys: Keys,
    readonly nodeId: string,
    readonly ttlMs: number,
    /** In a cluster the index is in a slot of its own, which the scripts of a session can't reach. */
    readonly cluster: boolean,
    private readonly logger?: Logger,
  ) {}

  async run(script: Script, sessionId: string, ...args: (string | number)[]): Promise<unknown> {
    const keys: string[] = this.keys.session(sessionId);
    if (!this.cluster) keys.push(this.keys.index);
    try {
      return await this.commands.run(script, keys, [sessionId, this.ttlMs, this.nodeId, this.keys.channel(), ...args]);
    } catch (error) {
      throw noteNewerRecord(error, this.logger);
    }
  }

  /**
   * Notes a use of the session in the index, where the script could not. Nobody waits for it: if it fails, the session
   * is merely not counted until the next use.
   */
  used(sessionId: string): void {
    if (this.cluster) this.index(sessionId).catch(() => undefined);
  }

  index(sessionId: string): Promise<unknown> {
    return this.commands.run(INDEX_SESSION, [this.keys.index], [sessionId, this.ttlMs]);
  }
}

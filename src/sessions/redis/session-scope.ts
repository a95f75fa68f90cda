import type { Commands, Script } from './commands.js';
import type { Keys } from './keys.js';

/** Runs the scripts of one session: adds the keys and arguments that all of them begin with. */
export class SessionScope {
  constructor(
    readonly commands: Commands,
    readonly keys: Keys,
    readonly nodeId: string,
    readonly ttlMs: number,
    /** In a cluster the index is in a slot of its own, which the scripts of a session can't reach. */
    readonly cluster: boolean,
  ) {}

  run(script: Script, sessionId: string, ...args: (string | number)[]): Promise<unknown> {
    const keys: string[] = this.keys.session(sessionId);
    if (!this.cluster) keys.push(this.keys.index);
    return this.commands.run(script, keys, [sessionId, this.ttlMs, this.nodeId, this.keys.channel(), ...args]);
  }
}

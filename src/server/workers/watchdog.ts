import { Worker as Thread } from 'node:worker_threads';
import type { Logger } from '../../log.js';

/** How often the thread looks, ms. */
const LOOK_MS = 300;
/** What its heap may hold, MB: it has one timer, and Node's own 6. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/**
 * Ends this process when its parent is gone, whatever it is doing. Node tells of that by a channel, which an event loop that stands
 * still does not read and an exit that hangs does not need; a thread of its own looks for itself.
 */
export function endWithParent(logger: Logger): void {
  const script = `
    const { workerData: parent } = require('node:worker_threads');
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, ${LOOK_MS});`;
  const thread = new Thread(script, { eval: true, workerData: process.ppid, env: {}, resourceLimits: THREAD_LIMITS });
  thread.on('error', (error) => logger.warn({ err: error }, 'this worker may outlive its primary'));
  thread.unref();
}

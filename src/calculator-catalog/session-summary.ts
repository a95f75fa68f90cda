import type { CallSession } from '../catalog/context.js';

/** What `session://info` tells of a session: ISO 8601 times, and the uptime in whole seconds. */
export function sessionSummary(session: CallSession, now: number = Date.now()): Record<string, unknown> {
  return {
    sessionId: session.id,
    startTime: new Date(session.createdAt).toISOString(),
    lastActivity: new Date(session.lastActivity).toISOString(),
    requestCount: session.requestCount,
    calculationCount: session.calculationCount,
    // Another node's clock may be ahead of this one's.
    uptime: Math.max(0, Math.floor((now - session.createdAt) / 1000)),
  };
}

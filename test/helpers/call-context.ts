import type { CallContext, CallSession, Calculation, LogLevel } from '../../src/catalog/context.js';
import { ToolError } from '../../src/catalog/errors.js';

/** What a handler did with its context, in the order it did it. */
export interface Recording {
  readonly context: CallContext;
  readonly progress: { done: number; total?: number; message?: string }[];
  readonly logs: { level: LogLevel; data: unknown; logger?: string }[];
  /** URIs told to be updated. */
  readonly updates: string[];
  /** The calculations kept, oldest first. */
  readonly history: Calculation[];
}

/** The session of {@link callContext}, as it is before the call. */
export const testSession: CallSession = {
  id: 'session-1',
  createdAt: Date.UTC(2026, 0, 1),
  lastActivity: Date.UTC(2026, 0, 1),
  requestCount: 1,
  calculationCount: 0,
};

/**
 * A context that keeps everything in memory: a session with a history, and a client that can neither be asked nor
 * sampled. `overrides` replace its parts; `{ session: undefined }` makes it stateless, so that no calculation is kept.
 */
export function callContext(overrides: Partial<CallContext> = {}): Recording {
  const progress: Recording['progress'] = [];
  const logs: Recording['logs'] = [];
  const updates: string[] = [];
  const history: Calculation[] = [];
  const stateless = 'session' in overrides && overrides.session === undefined;
  const context: CallContext = {
    signal: new AbortController().signal,
    session: testSession,
    history: {
      async add(calculation) {
        if (stateless) return undefined;
        const id = `calculation-${history.length + 1}`;
        history.push({ ...calculation, id });
        return id;
      },
      list: async (limit = history.length) => history.toReversed().slice(0, limit),
      find: async (id) => history.find((calculation) => calculation.id === id),
      count: async () => history.length,
      ...(!stateless && { kept: 'own' as const }),
    },
    request: {
      id: 1,
      method: 'tools/call',
      headers: {},
      transport: 'streamable-http',
      protocolVersion: '2025-11-25',
      requestId: 'request-1',
    },
    client: { elicitation: false, elicitationUrl: false, sampling: false, roots: false, tasks: false },
    server: { stateful: !stateless, uptime: () => 1, activeSessions: async () => 1, calculations: () => ({}) },
    wantsProgress: true,
    async progress(done, total, message) {
      progress.push({ done, total, message });
    },
    async log(level, data, logger) {
      logs.push({ level, data, logger });
    },
    elicit: async () => Promise.reject(new ToolError('The client can not be asked')),
    elicitUrl: async () => Promise.reject(new ToolError('The client opens no address')),
    sample: async () => Promise.reject(new ToolError('The client has no model')),
    roots: async () => Promise.reject(new ToolError('The client has no roots')),
    step: async (_name, run) => run(),
    async resourceUpdated(uri) {
      updates.push(uri);
    },
    detach: async () => Promise.reject(new ToolError('The call can not become a task')),
    resourceListChanged: () => Promise.resolve(),
    closeStream() {},
    ...overrides,
  };
  return { context, progress, logs, updates, history };
}

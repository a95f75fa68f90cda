import { defineResourceTemplate } from '../../catalog/define.js';
import { jsonContents } from '../json-contents.js';
import { sessionSummary } from '../session-summary.js';

/** A foreign session answers like one that does not exist: ids can't be probed. */
export const sessionInfoById = defineResourceTemplate({
  uriTemplate: 'session://info/{sessionId}',
  name: 'session-info-by-id',
  title: 'A session by its id',
  description: 'The same as session://info, by id. Only your own session can be read',
  mimeType: 'application/json',
  // Its changes are told of session://info.
  changes: false,
  available: ({ session }) => session !== undefined,
  complete: {
    sessionId: (typed, { session }) => (session?.id.startsWith(typed) ? [session.id] : []),
  },
  read: (uri, { sessionId }, { session }) =>
    session?.id === sessionId ? session && jsonContents(uri, sessionSummary(session)) : undefined,
});

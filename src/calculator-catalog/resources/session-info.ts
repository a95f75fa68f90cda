import { defineResource } from '../../catalog/define.js';
import { jsonContents } from '../json-contents.js';
import { sessionSummary } from '../session-summary.js';

export const sessionInfo = defineResource({
  uri: 'session://info',
  name: 'session-info',
  title: 'This session',
  description: 'When this session began and was last used, and how many requests and calculations it has seen',
  mimeType: 'application/json',
  annotations: { audience: ['user', 'assistant'], priority: 0.3 },
  available: ({ session }) => session !== undefined,
  read: (uri, { session }) => session && jsonContents(uri, sessionSummary(session)),
});

import { defineResource } from '../../catalog/define.js';
import { jsonContents } from '../json-contents.js';

/** A stateless server promises its uptime alone: it counts nothing across requests. */
export const stats = defineResource({
  uri: 'calculator://stats',
  name: 'stats',
  title: 'Server statistics',
  description:
    'Calculations by operation and uptime in seconds, of the process that answers; active sessions, of all that share the storage. Of a stateless server the uptime alone',
  mimeType: 'application/json',
  annotations: { audience: ['user', 'assistant'], priority: 0.3 },
  async read(uri, { server }) {
    const uptime = server.uptime();
    if (!server.stateful) return jsonContents(uri, { uptime });
    return jsonContents(uri, {
      calculations: server.calculations(),
      activeSessions: await server.activeSessions(),
      uptime,
    });
  },
});

import { defineResource } from '../../catalog/define.js';
import { jsonContents } from '../json-contents.js';

export const currentRequest = defineResource({
  uri: 'request://current',
  name: 'current-request',
  title: 'The current request',
  description: 'What the server sees of this very request: id, method, headers without their secrets, protocol version',
  mimeType: 'application/json',
  annotations: { audience: ['user', 'assistant'], priority: 0.2 },
  changes: false,
  read: (uri, { request, caller }) =>
    jsonContents(uri, {
      id: request.id,
      method: request.method,
      headers: request.headers,
      protocolVersion: request.protocolVersion,
      requestId: request.requestId,
      transport: request.transport,
      caller: caller && { subject: caller.subject, scopes: caller.scopes },
    }),
});

import { defineResource } from '../../catalog/define.js';
import { jsonContents } from '../json-contents.js';

export const history = defineResource({
  uri: 'calculator://history',
  name: 'history',
  title: 'Calculation history',
  description:
    'The calculations of this session, or of the caller who has signed in, newest first. Subscribe to hear of new ones',
  mimeType: 'application/json',
  annotations: { audience: ['user', 'assistant'], priority: 0.8 },
  available: ({ history }) => history.kept === 'own',
  async read(uri, context) {
    if (context.history.kept === undefined) return undefined;
    const calculations = await context.history.list();
    return jsonContents(uri, { calculations, count: calculations.length });
  },
});

import { defineResourceTemplate } from '../../catalog/define.js';
import { jsonContents } from '../json-contents.js';

export const historyEntry = defineResourceTemplate({
  uriTemplate: 'calculator://history/{calculationId}',
  name: 'history-entry',
  title: 'One calculation',
  description: 'One calculation of calculator://history, by its id',
  mimeType: 'application/json',
  changes: false,
  available: ({ history }) => history.kept === 'own',
  complete: {
    async calculationId(typed, context) {
      if (context.history.kept === undefined) return [];
      const calculations = await context.history.list();
      return calculations.map(({ id }) => id).filter((id) => id.startsWith(typed));
    },
  },
  async read(uri, { calculationId }, context) {
    if (context.history.kept === undefined || calculationId === undefined) return undefined;
    const calculation = await context.history.find(calculationId);
    return calculation && jsonContents(uri, calculation);
  },
});

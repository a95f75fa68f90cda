import { constants as values } from '../../calculator/constants.js';
import { defineResource } from '../../catalog/define.js';
import { FOR_AN_HOUR } from '../cache.js';
import { jsonContents } from '../json-contents.js';

export const constants = defineResource({
  uri: 'calculator://constants',
  name: 'constants',
  title: 'Mathematical constants',
  description: 'pi, e, phi, sqrt2, ln2 and ln10 at full precision',
  mimeType: 'application/json',
  annotations: { audience: ['user', 'assistant'], priority: 0.5 },
  changes: false,
  cache: FOR_AN_HOUR,
  read: (uri) => jsonContents(uri, values),
});

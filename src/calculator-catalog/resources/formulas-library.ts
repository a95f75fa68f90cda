import { formulaCategories, formulas } from '../../calculator/formulas.js';
import { defineResource } from '../../catalog/define.js';
import { FOR_AN_HOUR } from '../cache.js';
import { jsonContents } from '../json-contents.js';

export const formulasLibrary = defineResource({
  uri: 'formulas://library',
  name: 'formulas-library',
  title: 'Formula library',
  description: 'Formulas by category, each with its variables and a worked example',
  mimeType: 'application/json',
  annotations: { audience: ['user', 'assistant'], priority: 0.5 },
  changes: false,
  cache: FOR_AN_HOUR,
  read: (uri) =>
    jsonContents(uri, {
      count: formulas.length,
      categories: Object.fromEntries(
        formulaCategories.map((category) => [category, formulas.filter((formula) => formula.category === category)]),
      ),
    }),
});

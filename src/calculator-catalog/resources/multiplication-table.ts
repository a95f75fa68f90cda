import { defineResourceTemplate } from '../../catalog/define.js';
import { FOR_AN_HOUR } from '../cache.js';

const TABLES = 100;
const ROWS = 10;

const numbers = Array.from({ length: TABLES }, (_, index) => String(index + 1));

/** Odd tables are text and even ones base64, so that a client meets both kinds of contents. */
export const multiplicationTable = defineResourceTemplate({
  uriTemplate: 'calculator://tables/{n}',
  name: 'multiplication-table',
  title: 'Multiplication table',
  description: `The multiplication table of a number from 1 to ${TABLES}: odd ones as text, even ones as a base64 blob of the same text`,
  annotations: { audience: ['user', 'assistant'], priority: 0.1 },
  changes: false,
  cache: FOR_AN_HOUR,
  complete: { n: (typed) => numbers.filter((n) => n.startsWith(typed)) },
  list: () =>
    numbers.map((n) => ({
      uri: `calculator://tables/${n}`,
      name: `table-${n}`,
      title: `Multiplication table of ${n}`,
      mimeType: mimeTypeOf(n),
    })),
  read(uri, { n }) {
    if (n === undefined || !numbers.includes(n)) return undefined;
    const mimeType = mimeTypeOf(n);
    const text = tableOf(Number(n));
    return isOdd(n) ? { uri, mimeType, text } : { uri, mimeType, blob: Buffer.from(text).toString('base64') };
  },
});

function tableOf(n: number): string {
  return Array.from({ length: ROWS }, (_, index) => `${n} × ${index + 1} = ${n * (index + 1)}`).join('\n');
}

function mimeTypeOf(n: string): string {
  return isOdd(n) ? 'text/plain' : 'application/octet-stream';
}

function isOdd(n: string): boolean {
  return Number(n) % 2 === 1;
}

import { defineResource, defineResourceTemplate } from 'mcp-calc';
import { ICONS, RED_PIXEL } from './media.js';

/** What never changes may be kept. */
const FIXED = { changes: false, cache: { ttlMs: 3_600_000, scope: 'public' } };
/** Numbers that are listed: enough for many pages. */
const NUMBERS = 120;
/** Notes that are kept: the first ones go. */
const NOTES = 20;

const CITIES = { France: ['Paris', 'Lyon', 'Nice'], Italy: ['Rome', 'Milan'], Spain: ['Madrid'] };

const startedAt = Date.now();
const notes = ['welcome'];

export function addNote(name) {
  if (!notes.includes(name)) notes.push(name);
  if (notes.length > NOTES) notes.shift();
}

const startsWith = (typed) => (value) => value.toLowerCase().startsWith(typed.toLowerCase());

export const resources = [
  defineResource({
    uri: 'everything://text',
    name: 'text',
    title: 'A text',
    description: 'With annotations, icons and _meta',
    mimeType: 'text/plain',
    annotations: { audience: ['user', 'assistant'], priority: 1, lastModified: '2026-07-28T12:00:00Z' },
    icons: ICONS,
    _meta: { 'example.com/resource': true },
    ...FIXED,
    read: (uri) => ({ uri, mimeType: 'text/plain', text: 'The text', _meta: { 'example.com/part': 1 } }),
  }),
  defineResource({
    uri: 'everything://image',
    name: 'image',
    description: 'Bytes, as base64',
    mimeType: 'image/png',
    ...FIXED,
    read: (uri) => ({ uri, mimeType: 'image/png', blob: RED_PIXEL }),
  }),
  defineResource({
    uri: 'everything://parts',
    name: 'parts',
    description: 'Two contents for one URI',
    ...FIXED,
    read: (uri) => [
      { uri: `${uri}/1`, mimeType: 'application/json', text: '{"part":1}' },
      { uri: `${uri}/2`, mimeType: 'image/png', blob: RED_PIXEL },
    ],
  }),
  defineResource({
    uri: 'everything://counter',
    name: 'counter',
    description: 'Another one each time; change_resource tells its subscribers',
    mimeType: 'text/plain',
    read: (uri) => ({ uri, mimeType: 'text/plain', text: String(Date.now() - startedAt) }),
  }),
];

export const resourceTemplates = [
  defineResourceTemplate({
    uriTemplate: 'number://{n}',
    name: 'number',
    title: 'A number',
    description: `One of ${NUMBERS}, all of them listed, ten on a page`,
    mimeType: 'text/plain',
    ...FIXED,
    list: () => Array.from({ length: NUMBERS }, (_none, n) => ({ uri: `number://${n}`, name: `number ${n}` })),
    read: (uri, { n }) =>
      /^\d+$/.test(n) && Number(n) < NUMBERS
        ? { uri, mimeType: 'text/plain', text: `${n} × ${n} = ${n * n}` }
        : undefined,
  }),
  defineResourceTemplate({
    uriTemplate: 'note://{name}',
    name: 'note',
    description: 'A note; add_note adds one, and the list changes',
    mimeType: 'text/plain',
    icons: ICONS,
    listChanges: true,
    list: () => notes.map((name) => ({ uri: `note://${name}`, name, mimeType: 'text/plain' })),
    read: (uri, { name }) => (notes.includes(name) ? { uri, mimeType: 'text/plain', text: `Note ${name}` } : undefined),
  }),
  defineResourceTemplate({
    uriTemplate: 'city://{country}/{city}',
    name: 'city',
    description: 'Both variables are completed, the city by the country',
    mimeType: 'application/json',
    changes: false,
    complete: {
      country: (typed) => Object.keys(CITIES).filter(startsWith(typed)),
      city: (typed, _context, { country }) =>
        (CITIES[country] ?? Object.values(CITIES).flat()).filter(startsWith(typed)),
    },
    read: (uri, { country, city }) =>
      CITIES[country]?.includes(city)
        ? { uri, mimeType: 'application/json', text: JSON.stringify({ country, city }) }
        : undefined,
  }),
  defineResourceTemplate({
    uriTemplate: 'greeting://{language}',
    name: 'greeting',
    description: 'Asks for a name before it can be read',
    mimeType: 'text/plain',
    changes: false,
    complete: { language: () => ['en', 'fr'] },
    async read(uri, { language }, { elicit }) {
      const question = { type: 'object', properties: { name: { type: 'string' } } };
      const { content } = await elicit('Your name?', question, { key: 'name' });
      const text = `${language === 'fr' ? 'Bonjour' : 'Hello'} ${content?.name ?? 'stranger'}`;
      return { uri, mimeType: 'text/plain', text };
    },
  }),
];

import { defineResource, defineResourceTemplate } from 'mcp-calc';
import { RED_PIXEL } from './media.js';

export const resources = [
  defineResource({
    uri: 'test://static-text',
    name: 'static-text',
    title: 'Static text',
    description: 'A text that never changes',
    mimeType: 'text/plain',
    read: (uri) => ({ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }),
  }),
  defineResource({
    uri: 'test://static-binary',
    name: 'static-binary',
    title: 'Static binary',
    description: 'An image that never changes',
    mimeType: 'image/png',
    read: (uri) => ({ uri, mimeType: 'image/png', blob: RED_PIXEL }),
  }),
  defineResource({
    uri: 'test://watched-resource',
    name: 'watched-resource',
    title: 'Watched resource',
    description: 'Something to subscribe to',
    mimeType: 'text/plain',
    read: (uri) => ({ uri, mimeType: 'text/plain', text: 'This is the content of the watched resource.' }),
  }),
];

export const resourceTemplates = [
  defineResourceTemplate({
    uriTemplate: 'test://template/{id}/data',
    name: 'template-data',
    title: 'Template data',
    description: 'Data for any id',
    mimeType: 'application/json',
    complete: { id: () => ['1', '12', '123'] },
    read: (uri, { id }) => ({
      uri,
      mimeType: 'application/json',
      text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
    }),
  }),
];

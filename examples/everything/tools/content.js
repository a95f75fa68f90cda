import { ICONS, RED_PIXEL, SILENCE } from '../media.js';
import { show } from './make.js';

const TEXT = { type: 'text', text: 'A text with ünïcödé, 世界 and 🧮' };
const IMAGE = { type: 'image', data: RED_PIXEL, mimeType: 'image/png' };
const AUDIO = { type: 'audio', data: SILENCE, mimeType: 'audio/wav' };
const LINK = {
  type: 'resource_link',
  uri: 'everything://text',
  name: 'text',
  title: 'A text',
  description: 'Can be read with resources/read',
  mimeType: 'text/plain',
};
const EMBEDDED_TEXT = {
  type: 'resource',
  resource: { uri: 'everything://text', mimeType: 'text/plain', text: 'An embedded text' },
};
const EMBEDDED_BLOB = {
  type: 'resource',
  resource: { uri: 'everything://image', mimeType: 'image/png', blob: RED_PIXEL },
};
const ANNOTATED = {
  type: 'text',
  text: 'For the person alone',
  annotations: { audience: ['user'], priority: 0.9, lastModified: '2026-07-28T12:00:00Z' },
  _meta: { 'example.com/shown': 'first' },
};

const content = (name, description, ...blocks) => show(name, description, () => ({ content: blocks }));

/** Each type of content that a result can have. */
export const contentTools = [
  content('content_text', 'Answers with a text', TEXT),
  content('content_image', 'Answers with an image', IMAGE),
  content('content_audio', 'Answers with audio', AUDIO),
  content('content_resource_link', 'Answers with a link to a resource', LINK),
  content('content_embedded_text', 'Answers with an embedded resource of text', EMBEDDED_TEXT),
  content('content_embedded_blob', 'Answers with an embedded resource of bytes', EMBEDDED_BLOB),
  content('content_annotated', 'Answers with a text that has annotations and _meta', ANNOTATED),
  content('content_none', 'Answers with no content at all'),
  show(
    'content_mixed',
    'Answers with one of each; has icons and _meta itself',
    () => ({
      content: [TEXT, IMAGE, AUDIO, LINK, EMBEDDED_TEXT, EMBEDDED_BLOB, ANNOTATED],
      _meta: { 'example.com/result': 1 },
    }),
    { icons: ICONS, _meta: { 'example.com/tool': { shown: true } } },
  ),
  show(
    'content_structured',
    'Answers with structured content, as its output schema says, and with the same as text',
    () => {
      const weather = { city: 'Paris', celsius: 21.5, sky: ['clear', 'windy'] };
      return { content: [{ type: 'text', text: JSON.stringify(weather) }], structuredContent: weather };
    },
    {
      outputSchema: {
        type: 'object',
        properties: {
          city: { type: 'string' },
          celsius: { type: 'number' },
          sky: { type: 'array', items: { type: 'string', enum: ['clear', 'windy', 'rain'] } },
        },
        required: ['city', 'celsius', 'sky'],
        additionalProperties: false,
      },
    },
  ),
  show(
    'content_large',
    'Answers with as many kilobytes of text as it is told to',
    ({ kilobytes = 64 }) => ({ content: [{ type: 'text', text: 'x'.repeat(kilobytes * 1024) }] }),
    { inputSchema: { type: 'object', properties: { kilobytes: { type: 'integer', minimum: 0, maximum: 512 } } } },
  ),
];

import { defineTool, ToolError } from 'mcp-calc';
import { RED_PIXEL, SILENCE } from '../media.js';
import { NO_ARGUMENTS } from './no-arguments.js';

const image = { type: 'image', data: RED_PIXEL, mimeType: 'image/png' };

/** One tool for each kind of content that a result can hold (server/tools, "Tool Result"). */
export const contentTools = [
  answering('test_simple_text', 'Simple text', 'Answers with text', [
    { type: 'text', text: 'This is a simple text response for testing.' },
  ]),
  answering('test_image_content', 'Image', 'Answers with an image', [image]),
  answering('test_audio_content', 'Audio', 'Answers with audio', [
    { type: 'audio', data: SILENCE, mimeType: 'audio/wav' },
  ]),
  answering('test_embedded_resource', 'Embedded resource', 'Answers with an embedded resource', [
    {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    },
  ]),
  answering('test_multiple_content_types', 'Mixed content', 'Answers with text, an image and a resource', [
    { type: 'text', text: 'Multiple content types test:' },
    image,
    {
      type: 'resource',
      resource: {
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: JSON.stringify({ test: 'data', value: 123 }),
      },
    },
  ]),
  defineTool({
    name: 'test_error_handling',
    title: 'Error',
    description: 'Fails, always',
    inputSchema: NO_ARGUMENTS,
    handler() {
      throw new ToolError('This tool intentionally returns an error for testing');
    },
  }),
];

function answering(name, title, description, content) {
  return defineTool({
    name,
    title,
    description,
    inputSchema: NO_ARGUMENTS,
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    handler: () => ({ content }),
  });
}

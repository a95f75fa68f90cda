import type { ResourceContents } from '../catalog/define.js';

/** A value as the contents of a JSON resource. */
export function jsonContents(uri: string, value: unknown): ResourceContents {
  return { uri, mimeType: 'application/json', text: JSON.stringify(value, null, 2) };
}

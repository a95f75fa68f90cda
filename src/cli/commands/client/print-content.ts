import type { ContentBlock, ReadResourceResult } from '@modelcontextprotocol/client';
import { manyLinesBySlice, oneLine } from '../../../text/harmless.js';
import type { Output } from '../../output.js';

/** Prints content for people: text as it is, anything else as a line that says what it is. */
export function printContent(content: readonly ContentBlock[], output: Output): void {
  for (const block of content) output.print(describe(block, output));
}

/** Prints what a resource holds. */
export function printContents(contents: ReadResourceResult['contents'], output: Output): void {
  for (const part of contents) output.print(describeContents(part, output));
}

function describe(block: ContentBlock, output: Output): string | Iterable<string> {
  switch (block.type) {
    case 'text':
      return manyLinesBySlice(block.text);
    case 'image':
    case 'audio':
      return output.colours.dim(`(${block.type}, ${oneLine(block.mimeType)}, ${bytes(block.data)})`);
    case 'resource':
      return describeContents(block.resource, output);
    case 'resource_link':
      return `${output.colours.cyan(oneLine(block.uri))} ${output.colours.dim(oneLine(block.title ?? block.name))}`;
  }
}

function describeContents(part: ReadResourceResult['contents'][number], output: Output): string | Iterable<string> {
  if ('text' in part) return manyLinesBySlice(part.text);
  return output.colours.dim(
    `(${oneLine(part.uri)}, ${oneLine(part.mimeType ?? 'unknown type')}, ${bytes(part.blob)}; --json shows it as base64)`,
  );
}

function bytes(base64: string): string {
  return `${Buffer.from(base64, 'base64').length} bytes`;
}

/** Bytes of a text in UTF-8. Node's own way takes a tenth of the time of the one that is everywhere. */
export const byteLength: (text: string) => number =
  typeof Buffer === 'undefined' ? (text) => new TextEncoder().encode(text).length : Buffer.byteLength;

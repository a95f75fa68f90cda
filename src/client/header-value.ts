/** As it is, where it is plain ASCII; else in Base64 (2026-07-28, basic/transports/streamable-http, "Value Encoding"). */
export function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return isPlain ? text : inBase64(text);
}

export function inBase64(text: string): string {
  return `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

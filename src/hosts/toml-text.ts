import { JsonTextError } from './json-text.js';

/** Reads TOML, whose reader is loaded only where there is some. Rejects with a {@link JsonTextError}, as JSON does. */
export async function parseToml(text: string): Promise<unknown> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.split('\n');
    throw new JsonTextError(first.replace(/^Invalid TOML document: /, ''), error.line, error.column);
  }
}

/** A configuration as TOML. */
export async function tomlOf(value: object): Promise<string> {
  const { stringify } = await import('smol-toml');
  return stringify(value).trimEnd();
}

import { CalculationError } from '../errors.js';

/** Characters of an expression. It also bounds the nodes of its tree: there are no more than characters. */
export const MAX_EXPRESSION_LENGTH = 1_000;
/** Parentheses and calls inside one another. */
export const MAX_EXPRESSION_DEPTH = 50;
/** Numbers and names in an expression. */
export const MAX_OPERANDS = 250;

/** A `call` is a name that a parenthesis follows. */
export type TokenKind = 'number' | 'call' | 'name' | 'operator' | 'open' | 'close' | 'comma';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** The character it starts at, counted from 1 as people count. */
  readonly position: number;
}

const TOKEN = new RegExp(
  [
    /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/,
    /(?<call>[A-Za-z_πφτ][A-Za-z0-9_πφτ]*(?=\s*\())/,
    /(?<name>[A-Za-z_πφτ][A-Za-z0-9_πφτ]*)/,
    /(?<operator>\*\*|[-+*/%^×÷·−])/,
    /(?<open>\()|(?<close>\))|(?<comma>,)/,
  ]
    .map((part) => part.source)
    .join('|'),
  'y',
);

/** Splits an expression. Throws {@link CalculationError} at a character that has no place in one. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(source)?.groups;
    const [kind, text] = Object.entries(groups ?? {}).find(([, matched]) => matched !== undefined) ?? [];
    if (kind === undefined || text === undefined) throw foreign(source, at);
    tokens.push({ kind: kind as TokenKind, text, position: at + 1 });
    at = skipSpace(source, at + text.length);
  }
  return tokens;
}

/** Names a token and its place, for messages; a long one is cut. */
export function placeOf({ text, position }: Pick<Token, 'text' | 'position'>): string {
  return `"${text.slice(0, SHOWN)}" at character ${position}`;
}

/** Characters of a token that a message shows. */
const SHOWN = 32;

function skipSpace(source: string, from: number): number {
  const length = source.slice(from).search(/\S/);
  return length === -1 ? source.length : from + length;
}

function foreign(source: string, at: number): CalculationError {
  const text = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const hint = text === '!' ? ' Write factorial(n) for n!.' : '';
  return new CalculationError(
    `Unexpected ${placeOf({ text, position: at + 1 })}: use numbers, names, + - * / % ^, parentheses and commas.${hint}`,
  );
}

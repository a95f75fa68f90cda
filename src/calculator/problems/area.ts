/** What must be known of a shape to tell its area, and the expression of it. */
export const shapes = {
  rectangle: { sizes: ['length', 'width'], area: '{length} * {width}' },
  circle: { sizes: ['radius'], area: 'pi * {radius}^2' },
  square: { sizes: ['side'], area: '{side}^2' },
  triangle: { sizes: ['base', 'height'], area: '{base} * {height} / 2' },
} as const;

export type Shape = keyof typeof shapes;

/** A question for the area of a shape; `sizes` is absent where the question gives no numbers. */
export interface AreaQuestion {
  readonly shape: Shape;
  readonly sizes?: readonly string[];
}

/** Not the square of a unit: "square metres". */
const SHAPE =
  /\b(rectang(?:le|ular)|circ(?:le|ular)|square(?! (?:m|ft|feet|foot|in|cm|centi|mm|milli|km|kilo|yard|unit))|triang(?:le|ular))\b/;
const NUMBER = /(?<![\w.])-?\d+(?:\.\d+)?/g;

/**
 * Reads a question for an area, lower case and numbers in digits. Undefined where it is none, or where its numbers
 * don't fit the shape: more than its sizes, or below zero.
 */
export function readArea(text: string): AreaQuestion | undefined {
  const named = /\b(?:area|surface)\b/.test(text) ? SHAPE.exec(text)?.[1] : undefined;
  if (named === undefined) return undefined;
  const shape = shapeOf(named);
  const numbers = text.replace(/(?<=\d) ?x ?(?=\d)/g, ' by ').match(NUMBER) ?? [];
  const wanted = shapes[shape].sizes.length;
  if (numbers.length < wanted) return { shape };
  if (numbers.length > wanted || numbers.some((number) => number.startsWith('-'))) return undefined;
  if (shape === 'circle' && /\bdiameter\b/.test(text)) return { shape, sizes: [`(${numbers[0]} / 2)`] };
  return { shape, sizes: numbers };
}

/** The area as an expression of the calculator; `sizes` in the order of {@link shapes}. */
export function areaExpression(shape: Shape, sizes: readonly (string | number)[]): string {
  const { area, sizes: names } = shapes[shape];
  return names.reduce<string>((expression, name, index) => expression.replace(`{${name}}`, String(sizes[index])), area);
}

function shapeOf(word: string): Shape {
  if (word.startsWith('rect')) return 'rectangle';
  if (word.startsWith('circ')) return 'circle';
  return word === 'square' ? 'square' : 'triangle';
}

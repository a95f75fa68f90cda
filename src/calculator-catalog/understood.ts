/** What the word-problem reader understands, as the end of a sentence. */
export const UNDERSTOOD =
  'expressions such as 2 * (3 + 4); operations in words such as "15 plus 27", "20% of 150" or "the square root of 144"; ' +
  'areas such as "area of a rectangle 5 by 3" or "area of a circle with radius 2"; ' +
  'and short stories such as "Ann has 5 apples and buys 3 more. How many apples does she have?"';

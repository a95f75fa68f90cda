/** Letters of a name from which so many slips are taken for one: of a short one, nearly every other would be near. */
const LETTERS_FOR_TWO = 9;
const LETTERS_FOR_ONE = 6;
/** Characters of a name that is looked at. */
const LONGEST = 100;

/** The name that somebody may have meant: the nearest within a slip or two; of a short name, only with two letters changed about. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  if (given.length > LONGEST) return undefined;
  const near = names
    .map((name) => ({ name, slips: slipsBetween(given, name) }))
    .filter(({ name, slips }) => slips > 0 && slips <= allowed(given, name));
  return near.sort((one, other) => one.slips - other.slips)[0]?.name;
}

function allowed(given: string, name: string): number {
  const length = Math.min(given.length, name.length);
  if (length >= LETTERS_FOR_TWO) return 2;
  const isSameLetters = [...given].sort().join('') === [...name].sort().join('');
  return length >= LETTERS_FOR_ONE || isSameLetters ? 1 : 0;
}

/** Letters that were left out, added, taken for another, or changed about with the next (optimal string alignment). */
function slipsBetween(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, at) => [at, ...Array<number>(other.length).fill(0)]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let j = 1; j <= other.length; j += 1) (rows[0] as number[])[j] = j;
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = one[i - 1] === other[j - 1] ? 0 : 1;
      let slips = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + replaced);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        slips = Math.min(slips, at(i - 2, j - 2) + 1);
      (rows[i] as number[])[j] = slips;
    }
  }
  return at(one.length, other.length);
}

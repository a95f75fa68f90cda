const SMALL: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
};
const TENS: Readonly<Record<string, number>> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const SCALES: Readonly<Record<string, number>> = { thousand: 1_000, million: 1_000_000, billion: 1_000_000_000 };

const WORD = [...Object.keys(SMALL), ...Object.keys(TENS), ...Object.keys(SCALES), 'hundred'].join('|');
/** A run of number words; `and` belongs to it only after a hundred or a scale, as in "one hundred and five". */
const RUN = new RegExp(
  `\\b(?:${WORD})\\b(?:(?:[\\s-]+|(?<=hundred|thousand|million|billion)\\s+and\\s+)\\b(?:${WORD})\\b)*`,
  'g',
);

/** Writes the number words of a lower-case text as digits: "twenty-seven" is 27. Runs that spell no number stay. */
export function spellOutNumbers(text: string): string {
  return text.replace(RUN, (run) => String(valueOf(run.split(/[\s-]+/).filter((word) => word !== 'and')) ?? run));
}

/** The number that the words spell, each word fitting behind the one before; undefined where they spell none. */
function valueOf(words: readonly string[]): number | undefined {
  let total = 0;
  let group = 0;
  // What the next word must stay under: 100 after "hundred", 10 after "twenty", 1 after "three" (nothing fits).
  let room = 1_000;
  let scaleRoom = Infinity;
  for (const word of words) {
    const scale = SCALES[word];
    if (scale !== undefined) {
      if (scale >= scaleRoom) return undefined;
      total += (group || 1) * scale;
      [group, room, scaleRoom] = [0, 1_000, scale];
    } else if (word === 'hundred') {
      if (group > 9) return undefined;
      [group, room] = [(group || 1) * 100, 100];
    } else {
      const value = SMALL[word] ?? TENS[word] ?? 0;
      if (value >= room || (value === 0 && words.length > 1)) return undefined;
      group += value;
      room = word in TENS ? 10 : 1;
    }
  }
  return total + group;
}

/** Values that a label of open vocabulary may take; later ones are counted as `other`. */
const LABEL_VALUES = 100;

/** Counts by a name of open vocabulary. */
export function countByName() {
  const counts = new Map<string, number>();
  const label = boundedLabel();
  return {
    add: (name: string) => {
      const known = label(name);
      counts.set(known, (counts.get(known) ?? 0) + 1);
    },
    all: () => Object.fromEntries(counts),
  };
}

/** Lets the first values pass, whatever they are: a label must not grow with what clients send. */
export function boundedLabel(): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= LABEL_VALUES) return 'other';
    seen.add(value);
    return value;
  };
}

/** One sample of the Prometheus text exposition format. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  name: string;
  type: string;
  help: string;
  samples: Sample[];
}

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];
const HEAD = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]Inf|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i;
const LABEL = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/**
 * Reads the text exposition format, version 0.0.4, as strictly as `promtool check metrics`: families are whole, with help
 * and type before the samples; no sample twice; counters end in `_total`; histograms are complete and cumulative; units
 * are base units; nothing else has a name that only these may have. Throws an Error that quotes the line.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let family: Family | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const head = HEAD.exec(line);
    if (head !== null) {
      const [, kind, name = '', rest = ''] = head;
      if (kind === 'HELP') {
        if (families.has(name)) throw new Error(`A second family: ${line}`);
        family = { name, type: '', help: rest, samples: [] };
        families.set(name, family);
      } else {
        if (family?.name !== name || family.type !== '' || family.samples.length > 0)
          throw new Error(`Out of place: ${line}`);
        if (!TYPES.includes(rest)) throw new Error(`No type: ${line}`);
        family.type = rest;
      }
      continue;
    }
    const sample = parseSample(line);
    if (family === undefined || family.type === '') throw new Error(`A sample without help and type: ${line}`);
    if (!namesOf(family).includes(sample.name)) throw new Error(`Not of the family ${family.name}: ${line}`);
    const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(key)) throw new Error(`A second time: ${line}`);
    seen.add(key);
    family.samples.push(sample);
  }
  for (const each of families.values()) checkFamily(each);
  return families;
}

function parseSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  if (match === null) throw new Error(`No sample: ${line}`);
  const [, name = '', inner, number = ''] = match;
  const labels: Record<string, string> = {};
  for (let rest = inner ?? ''; rest !== ''; ) {
    const label = LABEL.exec(rest);
    if (label === null) throw new Error(`No label: ${line}`);
    const [whole, key = '', value = ''] = label;
    if (key in labels || key.startsWith('__')) throw new Error(`A label that must not be: ${line}`);
    labels[key] = value;
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: number.endsWith('Inf') ? Number(number.replace('Inf', 'Infinity')) : Number(number) };
}

function namesOf({ name, type }: Family): string[] {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  if (type === 'summary') return [name, `${name}_sum`, `${name}_count`];
  return [name];
}

function checkFamily(family: Family): void {
  const { name, type, samples } = family;
  if (type === '') throw new Error(`${name} has no type`);
  if ((type === 'counter') !== name.endsWith('_total'))
    throw new Error(`${name}, a ${type}: only counters end in _total, and all of them`);
  if (/_(?:bucket|count|sum)$/.test(name)) throw new Error(`${name} has an ending that only histograms have`);
  if (/_(?:ms|milliseconds|minutes|hours|kilobytes|megabytes)(?:_|$)/.test(name))
    throw new Error(`${name} is not in base units`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} is negative`);
  if (type === 'histogram') checkHistogram(family);
}

function checkHistogram({ name, samples }: Family): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const others = Object.entries(sample.labels).filter(([key]) => key !== 'le');
    const key = JSON.stringify(others.sort());
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Infinity : Number(labels.le)));
    const count = all.find((sample) => sample.name === `${name}_count`)?.value;
    const sum = all.find((sample) => sample.name === `${name}_sum`)?.value;
    const growing = buckets.every(
      ({ value }, i) => i === 0 || (value >= (buckets[i - 1]?.value ?? 0) && Number(bounds[i]) > Number(bounds[i - 1])),
    );
    const whole = bounds.at(-1) === Infinity && buckets.at(-1)?.value === count && sum !== undefined && sum >= 0;
    if (!growing || !whole) throw new Error(`${name}${key} is no complete, cumulative histogram`);
  }
}

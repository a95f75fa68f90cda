import { inRange } from './kinds.js';
import type { Kind } from './kinds.js';

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type TimeUnit = keyof typeof MILLISECONDS;
const TIME = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)?$/;

/** A length of time, resolved to whole milliseconds. A bare number counts in `unit`; the bounds are ms. */
export function duration(unit: TimeUnit, min: number, max: number): Kind<number> & { readonly isTime: true } {
  const parse = (text: string) => {
    const [, amount, given = unit] = TIME.exec(text.trim().toLowerCase()) ?? [];
    return inRange(Math.round(Number(amount) * MILLISECONDS[given as TimeUnit]), min, max);
  };
  const word = unit === 'ms' ? 'milliseconds' : 'seconds';
  return {
    parse,
    allowed: `${word}, or a time such as 500ms, 90s or 30m, from ${showTime(min)} to ${showTime(max)}`,
    show: showTime,
    isTime: true,
  };
}

/** 1,800,000 → `30m`: the largest unit that divides it. */
function showTime(ms: number): string {
  if (ms === 0) return '0s';
  const units = Object.entries(MILLISECONDS).reverse();
  const [unit, size] = units.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

const BYTES = { b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 } as const;
type ByteUnit = keyof typeof BYTES;
const SIZE = /^(\d{1,12}(?:\.\d{1,3})?)\s*(b|kb|mb|gb)?$/;

/** An amount of bytes, bare or with a unit (1 kb is 1,024 bytes). The bounds are bytes. */
export function bytes(min: number, max: number): Kind<number> {
  const parse = (text: string) => {
    const [, amount, unit = 'b'] = SIZE.exec(text.trim().toLowerCase()) ?? [];
    return inRange(Math.round(Number(amount) * BYTES[unit as ByteUnit]), min, max);
  };
  return {
    parse,
    allowed: `bytes, or a size such as 512kb or 1mb, from ${showBytes(min)} to ${showBytes(max)}`,
    show: showBytes,
  };
}

/** 1,048,576 → `1mb`: the largest unit that divides it. */
function showBytes(amount: number): string {
  const [unit, size] = Object.entries(BYTES)
    .reverse()
    .find(([, size]) => amount % size === 0) ?? ['b', 1];
  return `${amount / size}${unit}`;
}

export interface Bounds {
  readonly entries: number;
  readonly size: number;
}

/** The newest of what was put in, as many as fit: each has a number, and who reads says which it has read. */
export class Ring<T> {
  private readonly items: { readonly value: T; readonly size: number }[] = [];
  /** The number of the oldest. */
  private first = 0;
  private held = 0;

  constructor(
    private readonly bounds: Bounds,
    private readonly sizeOf: (value: T) => number,
  ) {}

  /** The number that the next one gets. */
  get next(): number {
    return this.first + this.items.length;
  }

  get size(): number {
    return this.held;
  }

  push(value: T): void {
    const size = this.sizeOf(value);
    this.items.push({ value, size });
    this.held += size;
    while (this.items.length > this.bounds.entries || (this.held > this.bounds.size && this.items.length > 1)) {
      this.held -= this.items.shift()?.size ?? 0;
      this.first += 1;
    }
  }

  /** At most `limit.entries` from this number on, of at most `limit.size` but for the first; `dropped` of those were there and are no more. */
  read(
    from: number,
    limit: Bounds,
  ): { readonly values: readonly T[]; readonly next: number; readonly dropped: number } {
    const start = Math.max(from, this.first);
    const values: T[] = [];
    let size = 0;
    for (const item of this.items.slice(start - this.first, start - this.first + limit.entries)) {
      size += item.size;
      if (size > limit.size && values.length > 0) break;
      values.push(item.value);
    }
    return { values, next: start + values.length, dropped: start - from };
  }

  clear(): void {
    this.first = this.next;
    this.items.length = 0;
    this.held = 0;
  }
}

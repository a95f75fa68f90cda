/** What a case has found to be otherwise. */
export class ExpectationError extends Error {
  readonly code = 'EXPECTATION';
  constructor(what: string, found: unknown, wanted?: unknown, about?: string) {
    super(
      `${about === undefined ? '' : `${about}: `}expected ${shown(found)} ${what}${wanted === undefined ? '' : ` ${shown(wanted)}`}`,
    );
    this.name = 'ExpectationError';
  }
}

/** Characters of a value that a message shows. */
const SHOWN_CHARACTERS = 500;
/** How long a condition is waited for, and how often it is looked at, ms. */
const POLL_MS = 3_000;
const LOOK_MS = 20;

/** Its arguments are words for the message. */
type ErrorClass = new (...given: never[]) => Error & { readonly code: string };

/** Checks of a value, by the names that test frameworks have for them: none of those is needed here. */
export class Expectation {
  constructor(
    private readonly found: unknown,
    private readonly about?: string,
  ) {}

  get not() {
    return {
      toBe: (other: unknown) => this.require(!Object.is(this.found, other), 'not to be', other),
    };
  }

  /** Of a promise that has to reject. */
  get rejects() {
    return {
      // Told by its code: a storage may be made with another copy of this package.
      toThrow: async (kind: ErrorClass) => {
        const { code } = new (kind as unknown as new () => { code: string })();
        return new Expectation(await this.rejection(), this.about).toMatchObject({ code });
      },
      toMatchObject: async (part: object) => new Expectation(await this.rejection(), this.about).toMatchObject(part),
    };
  }

  toBe(other: unknown): void {
    this.require(Object.is(this.found, other), 'to be', other);
  }

  /** Members that are undefined are as good as absent. */
  toEqual(other: unknown): void {
    this.require(equals(this.found, other, false), 'to equal', other);
  }

  toMatchObject(part: unknown): void {
    this.require(equals(this.found, part, true), 'to have', part);
  }

  toBeUndefined(): void {
    this.require(this.found === undefined, 'to be undefined');
  }

  toBeDefined(): void {
    this.require(this.found !== undefined, 'to be defined');
  }

  toBeTruthy(): void {
    this.require(Boolean(this.found), 'to be true');
  }

  toHaveLength(length: number): void {
    this.require((this.found as { length?: unknown } | undefined)?.length === length, 'to have the length', length);
  }

  toMatch(pattern: RegExp): void {
    this.require(typeof this.found === 'string' && pattern.test(this.found), 'to match', String(pattern));
  }

  toBeGreaterThan(bound: number): void {
    this.require((this.found as number) > bound, 'to be greater than', bound);
  }

  toBeGreaterThanOrEqual(bound: number): void {
    this.require((this.found as number) >= bound, 'to be at least', bound);
  }

  toBeLessThan(bound: number): void {
    this.require((this.found as number) < bound, 'to be less than', bound);
  }

  toBeLessThanOrEqual(bound: number): void {
    this.require((this.found as number) <= bound, 'to be at most', bound);
  }

  private require(holds: boolean, what: string, wanted?: unknown): void {
    if (!holds) throw new ExpectationError(what, this.found, wanted, this.about);
  }

  private async rejection(): Promise<unknown> {
    let value: unknown;
    try {
      value = await this.found;
    } catch (error) {
      return error;
    }
    throw new ExpectationError('to reject', value, undefined, this.about);
  }
}

export function expect(found: unknown, about?: string): Expectation {
  return new Expectation(found, about);
}

/** Asks again and again, until it is so or the time is over. */
expect.poll = (ask: () => Promise<unknown>) => ({
  toBe: (other: unknown) => poll(async () => expect(await ask()).toBe(other)),
  toEqual: (other: unknown) => poll(async () => expect(await ask()).toEqual(other)),
});

async function poll(check: () => Promise<void>): Promise<void> {
  for (const end = performance.now() + POLL_MS; ; ) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** `inPart`: an object may have more members than the other, at any depth; a list may not. */
function equals(found: unknown, wanted: unknown, inPart: boolean): boolean {
  if (Object.is(found, wanted)) return true;
  if (typeof found !== 'object' || typeof wanted !== 'object' || found === null || wanted === null) return false;
  if (Array.isArray(found) !== Array.isArray(wanted)) return false;
  if (Array.isArray(found) && found.length !== (wanted as unknown[]).length) return false;
  const [has, needs] = [found as Record<string, unknown>, wanted as Record<string, unknown>];
  const names = new Set([...Object.keys(needs), ...(inPart ? [] : Object.keys(has))]);
  return [...names].every((name) => equals(has[name], needs[name], inPart));
}

function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** One thing that a storage has to do. */
export interface ContractCase {
  /** What it is about and what is to be true, for a report. */
  readonly name: string;
  /** Resolves where it is so; rejects with an error that says what is not. Opens what it needs, and closes it. */
  run(): Promise<void>;
}

type Run = () => unknown;

interface Suite {
  readonly it: (title: string, run: Run) => void;
  /** Runs after each case, whatever came of it. */
  readonly afterEach: (run: Run) => void;
}

/** Collects cases of one topic. Each has what `define` makes for itself alone, so that they can run at the same time. */
export function describe(topic: string, define: (suite: Suite) => void): ContractCase[] {
  return collect(define).cases.map(({ title }, index) => ({
    name: `${topic}: ${title}`,
    async run() {
      const { cases, after } = collect(define);
      let failure: { readonly error: unknown } | undefined;
      for (const each of [cases[index]?.run, ...after]) {
        try {
          await each?.();
        } catch (error) {
          // What goes wrong while it is cleared up follows from what went wrong before.
          failure ??= { error };
        }
      }
      if (failure) throw failure.error;
    },
  }));
}

function collect(define: (suite: Suite) => void): { cases: { title: string; run: Run }[]; after: Run[] } {
  const cases: { title: string; run: Run }[] = [];
  const after: Run[] = [];
  define({ it: (title, run) => void cases.push({ title, run }), afterEach: (run) => void after.push(run) });
  return { cases, after };
}

/** Whether this is the long form: `npm run chaos`. The short one is `npx vitest run --project chaos`. */
export const LONG = process.env.CHAOS === 'long';

/** How long the test may take beyond the time for which it makes trouble, ms. */
export const REST_MS = 45_000;

const CAUSES = 5;

/** Why something failed, in a few words: what fetch and Redis wrap is unwrapped. */
export function reasonOf(error: unknown): string {
  let deepest: unknown = error;
  for (let depth = 0; depth < CAUSES; depth++) {
    const next = causeOf(deepest);
    if (next === undefined) break;
    deepest = next;
  }
  if (!(deepest instanceof Error)) return String(deepest);
  if (deepest.name === 'TimeoutError') return 'no answer in time';
  return deepest.message || ('code' in deepest ? String(deepest.code) : deepest.name);
}

function causeOf(error: unknown): unknown {
  // A name with several addresses fails with an error for each of them, and an empty message.
  if (error instanceof AggregateError) return error.errors[0];
  if (!(error instanceof Error)) return undefined;
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return error.lastNodeError;
  return error.cause instanceof Error ? error.cause : undefined;
}

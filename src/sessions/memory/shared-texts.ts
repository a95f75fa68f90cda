/**
 * Shares equal texts between sessions: most clients send the same few hundred bytes as `initialize` params, and
 * a thousand sessions then hold them once. Bounded by the open sessions: what nobody uses is dropped.
 */
export class SharedTexts {
  private readonly kept = new Map<string, { readonly text: string; uses: number }>();

  acquire(text: string): string {
    let shared = this.kept.get(text);
    if (shared === undefined) this.kept.set(text, (shared = { text, uses: 0 }));
    shared.uses++;
    return shared.text;
  }

  release(text: string): void {
    const shared = this.kept.get(text);
    if (shared !== undefined && --shared.uses === 0) this.kept.delete(text);
  }

  get size(): number {
    return this.kept.size;
  }
}

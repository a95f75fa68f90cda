type Params = Readonly<Record<string, unknown>>;

/**
 * Shares equal `initialize` params between sessions: most clients send the same few hundred bytes, and
 * a thousand sessions then hold them once. Bounded by the open sessions: what nobody uses is dropped.
 */
export class InternedParams {
  private readonly byJson = new Map<string, { params: Params; uses: number }>();
  private readonly jsonOf = new Map<Params, string>();

  acquire(params: Params): Params {
    const json = JSON.stringify(params);
    let shared = this.byJson.get(json);
    if (shared === undefined) {
      // A copy of its own: the caller's object stays the caller's.
      shared = { params: JSON.parse(json) as Params, uses: 0 };
      this.byJson.set(json, shared);
      this.jsonOf.set(shared.params, json);
    }
    shared.uses++;
    return shared.params;
  }

  release(params: Params): void {
    const json = this.jsonOf.get(params);
    const shared = json === undefined ? undefined : this.byJson.get(json);
    if (json === undefined || shared === undefined || --shared.uses > 0) return;
    this.byJson.delete(json);
    this.jsonOf.delete(params);
  }

  get size(): number {
    return this.byJson.size;
  }
}

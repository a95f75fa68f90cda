import type { Answer } from '../protocol/answer.js';
import type { RequestId } from '../rpc/messages.js';

interface Batch {
  waitingFor: number;
  /** Serialized. */
  readonly answers: string[];
}

/** Collects the answers to batches: they leave together, as one array (JSON-RPC 2.0, section 6). */
export class Batches {
  private readonly collecting = new Map<RequestId, Batch>();

  open(ids: readonly RequestId[]): void {
    const batch = { waitingFor: ids.length, answers: [] };
    for (const id of ids) this.collecting.set(id, batch);
  }

  /** What to write: the answer itself where it belongs to no batch, the whole array with the batch's last one, else nothing. */
  add({ id, text }: Answer): string | undefined {
    const batch = this.collecting.get(id);
    if (!batch) return text;
    batch.answers.push(text);
    return this.take(id, batch);
  }

  /** One request gets no answer; the others', where it was the last one awaited. */
  abandon(id: RequestId): string | undefined {
    const batch = this.collecting.get(id);
    return batch && this.take(id, batch);
  }

  private take(id: RequestId, batch: Batch): string | undefined {
    this.collecting.delete(id);
    batch.waitingFor -= 1;
    return batch.waitingFor === 0 && batch.answers.length > 0 ? `[${batch.answers.join(',')}]` : undefined;
  }
}

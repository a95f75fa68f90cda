import type { RequestId, RpcResponse } from '../rpc/messages.js';

interface Batch {
  waitingFor: number;
  readonly answers: RpcResponse[];
}

/** Collects the answers to batches: they leave together, as one array (JSON-RPC 2.0, section 6). */
export class Batches {
  private readonly collecting = new Map<RequestId, Batch>();

  open(ids: readonly RequestId[]): void {
    const batch = { waitingFor: ids.length, answers: [] };
    for (const id of ids) this.collecting.set(id, batch);
  }

  /** The answer itself where it belongs to no batch, the whole array with the batch's last one. */
  add(answer: RpcResponse): RpcResponse | readonly RpcResponse[] | 'collecting' {
    const batch = this.collecting.get(answer.id);
    if (!batch) return answer;
    batch.answers.push(answer);
    return this.take(answer.id, batch) ?? 'collecting';
  }

  /** One request gets no answer; the other answers, where it was the last one awaited. */
  abandon(id: RequestId): readonly RpcResponse[] | undefined {
    const batch = this.collecting.get(id);
    return batch && this.take(id, batch);
  }

  private take(id: RequestId, batch: Batch): readonly RpcResponse[] | undefined {
    this.collecting.delete(id);
    batch.waitingFor -= 1;
    return batch.waitingFor === 0 ? batch.answers : undefined;
  }
}

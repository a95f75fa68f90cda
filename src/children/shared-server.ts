import { withDeadline } from '../net/time-limit.js';
import { RPC, RpcError } from '../rpc/errors.js';
import type { RpcNotification } from '../rpc/messages.js';
import type { QuestionTable } from './asked.js';
import type { Greeting } from './greet.js';
import type { Line, ServerEndedError } from './line.js';
import { LiveServer } from './live-server.js';

/** How long a server that has ended is not started again: twice as long each time, ms. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** One that lived so long begins anew with the shortest, ms. */
const STEADY_MS = 60_000;

export interface SharedOptions {
  /** Throws where there are too many. */
  readonly begin: () => Line;
  readonly greet: (server: LiveServer) => Promise<Greeting>;
  readonly startMs: number;
  readonly questions: QuestionTable;
  readonly onChange: (notification: RpcNotification) => void;
  readonly onError: (error: unknown) => void;
}

export interface Ready {
  readonly server: LiveServer;
  readonly greeting: Greeting;
}

/** A server that many clients share: started when it is needed, and again when it has ended, with a pause that grows. */
export class SharedServer {
  private current: { readonly server: LiveServer; readonly ready: Promise<Ready> } | undefined;
  private failures = 0;
  private notBefore = 0;
  private why: ServerEndedError | undefined;

  constructor(private readonly options: SharedOptions) {}

  /** The server, once it has introduced itself. Rejects with an {@link RpcError} that says why there is none. */
  ready(): Promise<Ready> {
    this.current ??= this.start();
    return this.current.ready;
  }

  /** The server of this key, while it lives. */
  find(key: string): LiveServer | undefined {
    return this.current?.server.key === key ? this.current.server : undefined;
  }

  get load(): number {
    return this.current?.server.load ?? 0;
  }

  get lastUsed(): number {
    return this.current?.server.lastUsed ?? 0;
  }

  async end(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.server.end();
  }

  private start(): { server: LiveServer; ready: Promise<Ready> } {
    const left = this.notBefore - performance.now();
    if (left > 0)
      throw new RpcError(RPC.refused, `${this.why?.message}. It is started again in ${Math.ceil(left / 1_000)} s`, {
        retryable: true,
      });
    const { begin, questions, onChange, onError, greet, startMs } = this.options;
    const started = performance.now();
    const server: LiveServer = new LiveServer({
      line: begin(),
      questions,
      sessionId: '',
      onChange,
      onEnd: (why) => {
        if (this.current?.server === server) this.current = undefined;
        this.why = why;
        this.failures = performance.now() - started > STEADY_MS ? 0 : this.failures + 1;
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
        this.notBefore = performance.now() + pause;
      },
      onError,
    });
    const late = `The server did not answer within ${startMs / 1_000} s`;
    const ready = withDeadline(greet(server), startMs, late).then(
      (greeting) => ({ server, greeting }),
      async (error: unknown) => {
        // Once it has ended, that is why.
        const why = server.hasEnded ? this.why?.message : undefined;
        const { said } = server;
        await this.end();
        throw new RpcError(RPC.internalError, why ?? `${(error as Error).message}${said}`);
      },
    );
    ready.catch(() => undefined);
    return { server, ready };
  }
}

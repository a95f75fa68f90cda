import { lookup } from 'node:dns/promises';
import type { FetchLike } from '@modelcontextprotocol/client';
import { unbracketed } from '../../net/addresses.js';
import { isLoopback } from '../../net/loopback.js';
import { isPublicAddress } from '../../net/public-address.js';
import { quote } from '../../text/harmless.js';
import { boundedFetch } from '../bounded-fetch.js';
import { ClientError } from '../errors.js';

/** Bytes of any answer of an authorization server, and how long it may take, ms. */
const ANSWER_BYTES = 1_000_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** Addresses of a host, as the system knows them. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const bySystem: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

export interface GuardOptions {
  /** The issuer that the person has named: it may be in a private network, whatever server names it. */
  readonly issuer?: string;
  readonly fetch?: FetchLike;
  readonly resolve?: Resolve;
}

/**
 * Stands between a sign-in and the addresses that a server has made up for it. They must be https, loopback apart; and those
 * that a server of the public internet names must be there as well, or it would have this machine knock at the doors of its own network.
 * That a name is looked up before it is connected to is enough: whoever changes its address in between has no certificate for it there.
 */
export class Guard {
  /** The first refusal: the SDK takes some of them for an answer that is not there, and goes on. */
  private refusal: ClientError | undefined;
  private serverIsPublic: Promise<boolean> | undefined;
  private readonly bounded: FetchLike;
  private readonly resolve: Resolve;
  private readonly trusted: string | undefined;

  constructor(
    private readonly server: URL,
    { issuer, fetch: fetchFn = fetch, resolve = bySystem }: GuardOptions = {},
  ) {
    this.bounded = boundedFetch(fetchFn, undefined, ANSWER_BYTES);
    this.resolve = resolve;
    this.trusted = issuer !== undefined && URL.canParse(issuer) ? new URL(issuer).origin : undefined;
  }

  /** Asks an authorization server, or the server itself for its metadata. Rejects with a {@link ClientError} before anything is sent. */
  readonly fetch: FetchLike = async (url, init) => {
    const address = new URL(url);
    const isOwn = address.origin === this.server.origin && (init?.method ?? 'GET') === 'GET';
    if (!isOwn) await this.require(address);
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    return this.bounded(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal });
  };

  /** Rejects with a {@link ClientError} where the address is not one to ask, or to send a person to. */
  async require(address: URL): Promise<void> {
    const fault = await this.faultOf(address);
    if (fault === undefined) return;
    this.refusal ??= new ClientError(
      'authentication',
      `Signing in was refused: ${quote(address.origin === 'null' ? address.protocol : address.origin)} ${fault}`,
      {
        hint: 'The server named it. Ask whoever runs the server; an authorization server that you know yourself is named with --issuer.',
      },
    );
    throw this.refusal;
  }

  /** Throws what was refused before, whatever became of it. */
  check(): void {
    if (this.refusal !== undefined) throw this.refusal;
  }

  private async faultOf({ protocol, hostname, origin }: URL): Promise<string | undefined> {
    if (protocol !== 'https:' && protocol !== 'http:') return 'is not the address of a web page';
    if (protocol === 'http:' && !isLoopback(hostname)) return 'is not https';
    if (origin === this.trusted || origin === this.server.origin) return undefined;
    this.serverIsPublic ??= this.isPublic(this.server.hostname);
    if (!(await this.serverIsPublic) || (await this.isPublic(hostname))) return undefined;
    return 'is not on the public internet, where the server is';
  }

  /** Whether all that a name stands for is public. Nothing can be sent to a name that stands for nothing. */
  private async isPublic(hostname: string): Promise<boolean> {
    if (isLoopback(hostname)) return false;
    const addresses = await this.resolve(unbracketed(hostname)).catch(() => []);
    return addresses.every(isPublicAddress);
  }
}

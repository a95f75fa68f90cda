import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { PeerCertificate } from 'node:tls';

export interface TlsState {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** Why Node.js does not trust the certificate; undefined where it does. */
  readonly distrust: string | undefined;
  readonly certificate: PeerCertificate;
}

/** Shakes hands with whatever certificate the server has, sends nothing, and leaves. */
export function tlsState(url: URL, signal: AbortSignal): Promise<TlsState> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A server name must be a name (RFC 6066 §3).
  const socket = connect({
    host,
    port: Number(url.port || 443),
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
  });
  const stop = (): void => void socket.destroy(new Error('no answer in time'));
  signal.addEventListener('abort', stop, { once: true });
  return new Promise<TlsState>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      // Declared as an Error, but a code in fact.
      const distrust = socket.authorized ? undefined : String(socket.authorizationError);
      resolve({ protocol: socket.getProtocol() ?? 'TLS', distrust, certificate: socket.getPeerCertificate() });
    });
  }).finally(() => {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  });
}

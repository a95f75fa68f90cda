import { quote } from '../../text/harmless.js';
import { tlsState } from '../certificate.js';
import type { TlsState } from '../certificate.js';
import { defineRemoteCheck, failure, info, ok, reasonOf, warning } from '../check.js';
import type { Finding } from '../check.js';
import { isLoopback } from '../../net/loopback.js';

const DAY_MS = 86_400_000;
/** Certificates of 90 days are usually renewed a month before they end: less is a renewal that fails. */
const SOON_DAYS = 14;

export const remoteTls = defineRemoteCheck({
  id: 'remote-tls',
  title: 'TLS',
  after: 'remote-dns',
  timeoutMs: 8_000,
  async run(url, { now }, signal) {
    if (url.protocol !== 'https:') {
      return [
        isLoopback(url.hostname)
          ? info('plain http, which does not leave this machine')
          : warning('plain http: tokens and calls can be read on the way', 'Put TLS in front of it, and use https://'),
      ];
    }
    let state: TlsState;
    try {
      state = await tlsState(url, signal);
    } catch (error) {
      const reason = reasonOf(error);
      const advice = /wrong version number|packet length/i.test(reason)
        ? 'It may speak plain http there: try http://'
        : 'Is the port right, and does TLS end there?';
      return [failure(`no TLS with ${url.host}: ${reason}`, advice)];
    }
    return [...trust(state, url.hostname), expiry(state, now())];
  },
});

const DISTRUST: Readonly<Record<string, [what: string, fix: string]>> = {
  CERT_HAS_EXPIRED: ['it has expired', 'Renew it.'],
  CERT_NOT_YET_VALID: ['it is not valid yet', 'Look at the clock of this machine.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'it is self-signed',
    'Get one that is signed, for example from https://letsencrypt.org; or let clients trust it: NODE_EXTRA_CA_CERTS=ca.pem',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'its chain ends at an authority that Node.js does not know',
    'Let clients trust that authority: NODE_EXTRA_CA_CERTS=ca.pem',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'the server does not send the certificates in between',
    'Configure the whole chain: fullchain.pem, not cert.pem.',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'its issuer is not known',
    'Configure the whole chain, or let clients trust the authority: NODE_EXTRA_CA_CERTS=ca.pem',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ['it is for another name', 'Get one for this name, or use the name that it is for.'],
};

function trust({ distrust, protocol, certificate }: TlsState, hostname: string): Finding[] {
  if (distrust === undefined) {
    const issuer: unknown = certificate.issuer?.O ?? certificate.issuer?.CN;
    return [ok(`${protocol}, trusted${issuer === undefined ? '' : `, by ${quote(String(issuer))}`}`)];
  }
  const known =
    Object.entries(DISTRUST).find(([code]) => distrust.includes(code))?.[1] ??
    (/altnames/i.test(distrust) ? DISTRUST.ERR_TLS_CERT_ALTNAME_INVALID : undefined);
  const [what, fix] = known ?? [distrust, 'Let clients trust it: NODE_EXTRA_CA_CERTS=ca.pem'];
  const names =
    known === DISTRUST.ERR_TLS_CERT_ALTNAME_INVALID
      ? ` (${quote(certificate.subjectaltname ?? String(certificate.subject?.CN))})`
      : '';
  return [failure(`the certificate of ${hostname} is not trusted: ${what}${names}`, fix)];
}

function expiry({ certificate }: TlsState, now: number): Finding {
  const end = Date.parse(certificate.valid_to);
  const days = Math.floor((end - now) / DAY_MS);
  if (Number.isNaN(end))
    return warning(
      'the certificate does not say when it ends',
      'Look at it: openssl s_client -connect <host>:443 | openssl x509 -text',
    );
  const date = new Date(end).toISOString().slice(0, 10);
  if (end < now)
    return failure(`the certificate ended on ${date}`, 'Renew it, and see why that did not happen by itself.');
  const left = `the certificate ends on ${date}, in ${days} day${days === 1 ? '' : 's'}`;
  return days < SOON_DAYS ? warning(left, 'Renew it, and see why that did not happen by itself.') : ok(left);
}

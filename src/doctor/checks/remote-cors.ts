import { defineRemoteCheck, info, ok, warning } from '../check.js';
import type { Finding } from '../check.js';
import { endSession, postInitialize } from '../initialize.js';

/** What a page's script sends beside the safelisted headers. */
const SENT = ['content-type', 'mcp-protocol-version', 'mcp-session-id', 'authorization'];
/** Answers that mean: not here, whatever the origin. */
const NOT_FOR_US = [401, 404, 405];

export const remoteCors = defineRemoteCheck({
  id: 'remote-cors',
  title: 'Browsers',
  after: 'remote-handshake',
  timeoutMs: 10_000,
  async run(url, { fetch, headers, origin }, signal) {
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': SENT.join(',') },
      redirect: 'manual',
      signal,
    });
    await preflight.body?.cancel();
    const options = { fetch, headers: { ...headers, origin }, signal };
    const answer = await postInitialize(url, options);
    await answer.body?.cancel();
    await endSession(url, answer, options);
    const granted =
      answer.headers.get('access-control-allow-origin') ?? preflight.headers.get('access-control-allow-origin');
    if (granted !== '*' && granted !== origin) return [refused(origin, answer.status)];
    const findings = [...preflightFaults(preflight, origin), ...answerFaults(answer, origin)];
    return findings.length > 0
      ? findings
      : [ok(`pages of ${origin} may use it${answer.headers.has('mcp-session-id') ? ' and read Mcp-Session-Id' : ''}`)];
  },
});

function refused(origin: string, status: number): Finding {
  const because = NOT_FOR_US.includes(status) || status < 400 ? '' : ` (${status})`;
  return info(
    `pages of ${origin} may not use it${because}: fine, unless a browser is to be its client`,
    'mcp-calc allows pages with --cors-origin; ask for another one with --origin <origin>.',
  );
}

function preflightFaults({ headers, status }: Response, origin: string): Finding[] {
  if (status >= 300)
    return [
      warning(
        `the preflight of ${origin} is answered with ${status}: browsers go no further`,
        'Answer OPTIONS with 204, and before any authorization.',
      ),
    ];
  const allowed = listOf(headers.get('access-control-allow-headers'));
  // A wildcard does not cover Authorization (Fetch, "CORS-unsafe request-header names").
  const missing = SENT.filter(
    (name) => !allowed.includes(name) && !(allowed.includes('*') && name !== 'authorization'),
  );
  if (missing.length === 0) return [];
  return [
    warning(`pages of ${origin} may not send ${missing.join(', ')}`, 'Name them in Access-Control-Allow-Headers.'),
  ];
}

function answerFaults({ headers }: Response, origin: string): Finding[] {
  if (!headers.has('access-control-allow-origin'))
    return [
      warning(
        `the preflight allows ${origin}, but the answer itself does not`,
        'Send Access-Control-Allow-Origin with every answer, errors included.',
      ),
    ];
  const exposed = listOf(headers.get('access-control-expose-headers'));
  if (!headers.has('mcp-session-id') || exposed.includes('mcp-session-id') || exposed.includes('*')) return [];
  return [
    warning(
      "Mcp-Session-Id is not exposed: pages get a session that they can't use",
      'Send: Access-Control-Expose-Headers: Mcp-Session-Id',
    ),
  ];
}

function listOf(text: string | null): string[] {
  return (text ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
}

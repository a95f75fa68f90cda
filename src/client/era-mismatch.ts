import { RPC } from '../rpc/errors.js';
import { isObject } from '../rpc/messages.js';
import { isModern, modernVersions, supportedVersions } from '../rpc/versions.js';
import { quote } from '../text/harmless.js';
import { ClientError, httpStatusOf } from './errors.js';
import type { Circumstances } from './errors.js';
import { describeTarget } from './target.js';

/** Versions of a server that are named in one line. */
const NAMED = 10;

/** The sentence for a server of another era or version: what it speaks, what this client speaks, what to try. */
export function eraMismatch(
  error: Error,
  { target, era = 'auto', connecting = false }: Circumstances,
): ClientError | undefined {
  const name = describeTarget(target);
  const fail = (message: string, hint: string): ClientError =>
    new ClientError('answer', message, { cause: error, hint });
  const spoken = spokenBy(error);
  if (spoken !== undefined)
    return fail(
      `${name} speaks ${quote(spoken.slice(0, NAMED).join(', '))}, not what it was asked for`,
      `This client speaks ${versionsOf(era)}. ${advice(spoken, era)}`,
    );
  const { code, data } = error as { code?: unknown; data?: unknown };
  if (code === 'ERA_NEGOTIATION_FAILED' && httpStatusOf(error) === undefined && !/ closed /.test(error.message))
    return fail(
      `${name} does not speak the modern era: it has no answer to server/discover`,
      `With --era modern this client speaks ${modernVersions.join(', ')} alone. Try --era legacy.`,
    );
  if (code === RPC.methodNotFound && connecting && era === 'legacy')
    return fail(
      `${name} does not speak the legacy era: it does not know initialize`,
      `With --era legacy this client speaks ${supportedVersions.join(', ')}. Try --era modern.`,
    );
  if (code === 'METHOD_NOT_SUPPORTED_BY_PROTOCOL_VERSION' && isObject(data))
    return fail(
      `The server was met in an era that has no ${quote(String(data.method))}`,
      'Ask it in the other one, if it speaks it: --era legacy, or --era modern.',
    );
  return undefined;
}

/** The versions that a refusal names: of JSON-RPC, in the body of an HTTP error, or in the answer to `initialize`. */
function spokenBy(error: Error): string[] | undefined {
  const answered = /^Server's protocol version is not supported: (.*)$/s.exec(error.message)?.[1];
  if (answered !== undefined) return [answered];
  const { data } = error as { data?: unknown };
  const named = isObject(data) && typeof data.text === 'string' ? rpcErrorIn(data.text)?.data : data;
  const supported = isObject(named) ? named.supported : undefined;
  return Array.isArray(supported) && supported.every((one) => typeof one === 'string') && supported.length > 0
    ? supported
    : undefined;
}

/** The JSON-RPC error that a body is, if it is one. */
export function rpcErrorIn(body: string): { code: number; message: string; data?: unknown } | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (!isObject(error) || typeof error.code !== 'number') return undefined;
    return { code: error.code, message: typeof error.message === 'string' ? error.message : '', data: error.data };
  } catch {
    return undefined;
  }
}

function versionsOf(era: 'auto' | 'legacy' | 'modern'): string {
  return [...(era === 'legacy' ? [] : modernVersions), ...(era === 'modern' ? [] : supportedVersions)].join(', ');
}

function advice(spoken: readonly string[], asked: 'auto' | 'legacy' | 'modern'): string {
  const mutual = spoken.find((version) => [...modernVersions, ...supportedVersions].includes(version));
  const era = mutual === undefined ? undefined : isModern(mutual) ? 'modern' : 'legacy';
  return era === undefined || era === asked ? 'Update one of the two.' : `Try --era ${era}.`;
}

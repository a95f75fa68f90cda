import { readFileSync } from 'node:fs';
import type { SignIn } from '../../../client/oauth/sign-in.js';
import { isLoopback } from '../../../net/loopback.js';
import { quote } from '../../../text/harmless.js';
import { CliError } from '../../errors.js';
import { canAsk, terminal } from './ask.js';
import type { ClientFlags } from './verb.js';

/** Flags that say what signs in without a browser, at most one at a time. */
const WAYS = {
  clientCredentials: '--client-credentials',
  clientKey: '--client-key',
  idTokenEnv: '--id-token-env',
  idTokenFile: '--id-token-file',
  workloadJwtEnv: '--workload-jwt-env',
  workloadJwtFile: '--workload-jwt-file',
} as const satisfies Partial<Record<keyof ClientFlags, string>>;

/** Characters of a JWT, in base64url (RFC 7519, 3). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const JWT_LENGTH = 65_536;

/** Signs in without a browser, by what the flags name: a secret, a key or a JWT; undefined where they name none. */
export async function machineFrom(flags: ClientFlags, signal: AbortSignal): Promise<SignIn | undefined> {
  const ways = (Object.keys(WAYS) as (keyof typeof WAYS)[]).filter((name) => flags[name] !== undefined);
  const [way] = ways;
  if (way === undefined) return undefined;
  // A key was always another form of the client's credentials.
  if (ways.length > 1 && ways.join() !== 'clientCredentials,clientKey')
    throw new CliError(`Only one of ${ways.map((name) => WAYS[name]).join(' and ')} can sign in`);
  const { clientId, clientSecret = process.env.MCP_CLIENT_SECRET, clientKey, clientKeyAlgorithm, scope } = flags;
  if (clientId === undefined) throw new CliError(`${WAYS[way]} needs --client-id`);
  const idp = way === 'idTokenEnv' || way === 'idTokenFile' ? identityProvider(flags, WAYS[way]) : undefined;
  const jwt = jwtReader(flags, way);
  // What is wrong with it is said before anybody is asked anything.
  jwt?.();
  const common = { clientId, issuer: flags.issuer ?? (await askedIssuer(WAYS[way], signal)), scope };
  if (jwt !== undefined) {
    const { enterpriseManaged, workloadIdentity } = await import('../../../client/oauth/assertion.js');
    const identity = { ...common, clientSecret };
    return idp === undefined ? workloadIdentity(identity, jwt) : enterpriseManaged(identity, idp, jwt);
  }
  const { clientCredentials } = await import('../../../client/oauth/machine.js');
  if (clientKey !== undefined)
    return clientCredentials({ ...common, privateKey: readKey(clientKey), algorithm: clientKeyAlgorithm ?? 'RS256' });
  if (clientSecret === undefined)
    throw new CliError('--client-credentials needs --client-secret, or the variable MCP_CLIENT_SECRET');
  return clientCredentials({ ...common, clientSecret });
}

/** Without it, the server would say who gets to see the credentials. */
async function askedIssuer(flag: string, signal: AbortSignal): Promise<string> {
  const issuer = canAsk() ? (await terminal.ask('The issuer that may see the credentials: ', signal)).trim() : '';
  if (URL.canParse(issuer)) return issuer;
  throw new CliError(`Sign-ins with ${flag} need --issuer`, {
    hint: 'It is the address of the only authorization server that may see the credentials.',
  });
}

function identityProvider({ idp, idpClientId, clientId = '' }: ClientFlags, flag: string) {
  if (idp === undefined)
    throw new CliError(`${flag} needs --idp`, {
      hint: 'It is the address of the identity provider that the ID token is from.',
    });
  const url = URL.canParse(idp) ? new URL(idp) : undefined;
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopback(url.hostname)))
    throw new CliError(`--idp: ${quote(idp)} is not a valid https address`);
  return { issuer: idp, clientId: idpClientId ?? clientId, clientSecret: process.env.MCP_IDP_CLIENT_SECRET };
}

/** Reads the JWT that a flag names; it stands on no command line, which all processes can see. Undefined where there is none to read. */
function jwtReader(flags: ClientFlags, way: keyof typeof WAYS): (() => string) | undefined {
  if (way === 'clientCredentials' || way === 'clientKey') return undefined;
  const place = flags[way] ?? '';
  const isFile = way.endsWith('File');
  return () => {
    const text = isFile ? read(place, WAYS[way]) : process.env[place];
    if (text === undefined) throw new CliError(`${WAYS[way]}: there is no variable ${quote(place)}`);
    const jwt = text.trim();
    if (jwt.length > JWT_LENGTH || !JWT.test(jwt))
      throw new CliError(`${WAYS[way]}: ${quote(place)} does not hold a JWT`);
    return jwt;
  };
}

function readKey(file: string): string {
  return read(file, WAYS.clientKey);
}

function read(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError(`${flag}: ${quote(file)} can't be read`, { cause });
  }
}

import { ClientCredentialsProvider, PrivateKeyJwtProvider } from '@modelcontextprotocol/client';
import { machineSignIn } from './sign-in.js';
import type { SignIn } from './sign-in.js';

export interface MachineIdentity {
  readonly clientId: string;
  /** The only authorization server that may see the credentials. */
  readonly issuer: string;
  readonly scope?: string;
}

/** Signs in with the client credentials grant (SEP-1046): with a secret, or with an assertion signed by a private key. */
export function clientCredentials(
  identity: MachineIdentity &
    ({ readonly clientSecret: string } | { readonly privateKey: string; readonly algorithm: string }),
): SignIn {
  const { clientId, issuer, scope } = identity;
  const common = { clientId, clientName: 'mcp-calc client', expectedIssuer: issuer, scope };
  if ('clientSecret' in identity)
    return machineSignIn(new ClientCredentialsProvider({ ...common, clientSecret: identity.clientSecret }), { issuer });
  return machineSignIn(
    new PrivateKeyJwtProvider({ ...common, privateKey: identity.privateKey, algorithm: identity.algorithm }),
    { issuer },
  );
}

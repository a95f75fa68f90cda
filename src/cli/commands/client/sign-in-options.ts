import { Option } from 'commander';

export type OptionRow = readonly [group: string, flags: string, description: string, parse?: typeof collect];

/** Gathers the values of a flag that may come again. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function optionOf([group, flags, description, parse]: OptionRow): Option {
  const option = new Option(flags, description).helpGroup(`${group}:`);
  return parse === undefined ? option : option.argParser(parse);
}

/** How whoever asks a server proves who it is: the client, and what stands between a host and an address. */
export const SIGN_IN_OPTIONS: readonly OptionRow[] = [
  [
    'Signing in',
    '--token <token>',
    'a bearer token (variable: MCP_TOKEN, for a server on this machine or at MCP_TOKEN_ORIGIN)',
  ],
  ['Signing in', '--token-env <name>', 'the variable that holds the bearer token, for a server anywhere'],
  ['Signing in', '--no-browser', 'print the address to sign in at, and open no browser'],
  ['Signing in', '--headless', 'sign in by following redirects, where the server approves without asking'],
  ['Signing in', '--client-id <id>', 'a client id that is registered already'],
  ['Signing in', '--client-secret <secret>', 'its secret (variable: MCP_CLIENT_SECRET)'],
  ['Signing in', '--client-credentials', 'sign in as the client itself, without a person'],
  ['Signing in', '--client-key <file>', 'sign in as the client itself with this private key (PEM)'],
  ['Signing in', '--client-key-algorithm <name>', 'the algorithm of that key (default: RS256)'],
  ['Signing in', '--id-token-env <name>', 'sign in as the person whose ID token this variable holds, with --idp'],
  ['Signing in', '--id-token-file <file>', 'the same, with the ID token in a file'],
  ['Signing in', '--idp <url>', 'the identity provider of the ID token, the only one that sees it'],
  [
    'Signing in',
    '--idp-client-id <id>',
    'the client id there (default: that of --client-id; its secret in the variable MCP_IDP_CLIENT_SECRET)',
  ],
  ['Signing in', '--workload-jwt-env <name>', 'sign in as a workload with the JWT that this variable holds'],
  ['Signing in', '--workload-jwt-file <file>', 'the same, with the JWT in a file'],
  ['Signing in', '--client-metadata-url <url>', 'the https address of a client id metadata document'],
  ['Signing in', '--issuer <url>', 'the only authorization server that may see the credentials'],
  ['Signing in', '--scope <scopes>', 'scopes to ask for where the server names none'],
  ['Signing in', '--redirect-port <port>', 'the loopback port that the browser returns to (default: any)'],
];

import type { Check } from '../check.js';
import { clock } from './clock.js';
import { command } from './command.js';
import { handshake } from './handshake.js';
import { hosts } from './hosts.js';
import { node } from './node.js';
import { npx } from './npx.js';
import { ports } from './ports.js';
import { proxy } from './proxy.js';
import { redis } from './redis.js';
import { remoteAuth } from './remote-auth.js';
import { remoteCors } from './remote-cors.js';
import { remoteDns } from './remote-dns.js';
import { remoteHandshake } from './remote-handshake.js';
import { remoteHeaders } from './remote-headers.js';
import { remoteStream } from './remote-stream.js';
import { remoteTls } from './remote-tls.js';
import { settings } from './settings.js';
import { stdout } from './stdout.js';

/** Every check, in the order in which it is reported. */
export const checks: readonly Check[] = [
  node,
  npx,
  settings,
  ports,
  proxy,
  clock,
  redis,
  handshake,
  stdout,
  hosts,
  command,
  remoteDns,
  remoteTls,
  remoteHandshake,
  remoteHeaders,
  remoteCors,
  remoteAuth,
  remoteStream,
];

import { integer, list, onOff, text } from '../kinds.js';
import { bytes, duration } from '../quantities.js';
import { defineSettings } from '../setting.js';

const DAY_MS = 86_400_000;
const GIGABYTE = 1_073_741_824;

/** Of a server that is started by its command, after `--`. */
export const childSettings = defineSettings(
  { group: 'Command', commands: ['sse', 'http'] },
  {
    share: {
      flag: '--share',
      env: 'CHILD_SHARE',
      kind: onOff(),
      default: false,
      description:
        'start the command once for all clients, not once for each session; for servers that keep nothing of a client',
    },
    children: {
      flag: '--children <number>',
      env: 'CHILDREN',
      kind: integer(1, 256),
      default: 1,
      description: 'processes that share the requests, of a command that speaks 2026-07-28',
    },
    maxChildren: {
      flag: '--max-children <number>',
      env: 'MAX_CHILDREN',
      kind: integer(1, 10_000),
      default: 100,
      description: 'processes of the command at once, on each node; beyond it, initialize is answered with 503',
    },
    env: {
      flag: '--env <names>',
      env: 'CHILD_ENV',
      kind: list(text(/^[A-Za-z_]\w{0,255}(?:=.*)?$/s, 'NAME or NAME=value'), 'NAME or NAME=value, between commas'),
      shown: 'PATH, HOME and the like',
      secret: true,
      description: 'variables that the command gets as well: NAME hands ours on, NAME=value sets one; repeatable',
    },
    childStart: {
      flag: '--child-start <time>',
      env: 'CHILD_START',
      kind: duration('s', 100, 600_000),
      default: 60_000,
      description: 'time that the command may take until it answers initialize',
    },
    childIdle: {
      flag: '--child-idle <time>',
      env: 'CHILD_IDLE',
      kind: duration('s', 0, 7 * DAY_MS),
      default: 0,
      description:
        'end a process that nobody has used for this long, and its session; 0 leaves it as long as its session',
    },
    childMemory: {
      flag: '--child-memory <size>',
      env: 'CHILD_MEMORY',
      kind: bytes(0, 1_024 * GIGABYTE),
      default: 2 * GIGABYTE,
      description: 'end a process that holds more memory, with all that it has started; 0 for no limit',
    },
    perSession: {
      flag: '--per-session',
      env: 'PER_SESSION',
      kind: onOff(),
      default: false,
      description: 'make the SDK server of a --server function once for each session, not for each exchange',
    },
  },
);

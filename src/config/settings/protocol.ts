import { choice, list, onOff, secretText } from '../kinds.js';
import { duration } from '../quantities.js';
import { defineSettings } from '../setting.js';

/** Characters that a key for sealed states has at least: 256 bits as hexadecimal digits are 64, as base64 44. */
const STATE_KEY_LENGTH = 32;

const DAY_MS = 86_400_000;

/** Which generations of the protocol are spoken, and how. */
export const protocolSettings = defineSettings(
  { group: 'Protocol', commands: ['stdio', 'http'] },
  {
    era: {
      flag: '--era <era>',
      env: 'ERA',
      kind: choice('both', 'legacy', 'modern'),
      default: 'both',
      description: 'generations of the protocol: legacy is up to 2025-11-25, modern from 2026-07-28',
    },
    lenientHeaders: {
      flag: '--lenient-headers',
      env: 'LENIENT_HEADERS',
      kind: onOff(),
      default: false,
      description: 'forgive an older MCP-Protocol-Version over a modern envelope, as some connectors send it',
      commands: ['http'],
    },
    stateKey: {
      flag: '--state-key <keys>',
      env: 'STATE_KEY',
      kind: list(secretText(STATE_KEY_LENGTH), `keys of ${STATE_KEY_LENGTH} characters or more, between commas`),
      shown: 'shared by Redis, else random',
      secret: true,
      description: 'seals the state of open questions; the first key seals, all open; better given as the variable',
    },
    stateTtl: {
      flag: '--state-ttl <time>',
      env: 'STATE_TTL',
      kind: duration('s', 1_000, DAY_MS),
      default: 1_800_000,
      description: 'how long a question of the modern era may stay open',
    },
    taskAfter: {
      flag: '--task-after <time>',
      env: 'TASK_AFTER',
      kind: duration('ms', 0, DAY_MS),
      default: 500,
      description: 'make a longer call a task, of a tool that may become one and a client that knows tasks',
    },
    taskTtl: {
      flag: '--task-ttl <time>',
      env: 'TASK_TTL',
      kind: duration('s', 1_000, 7 * DAY_MS),
      default: 3_600_000,
      description: 'how long a task lives, its result included',
    },
  },
);

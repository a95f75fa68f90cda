import { integer, onOff, text } from '../kinds.js';
import { defineSettings } from '../setting.js';

/** What the server offers. */
export const offerSettings = defineSettings(
  { group: 'Offer', commands: ['stdio', 'sse', 'http'] },
  {
    server: {
      flag: '--server <module>',
      env: 'SERVER_MODULE',
      kind: text(/^[^\0]{1,4096}$/, 'the path or the name of a module'),
      shown: 'the calculator',
      description: 'serve the catalog or the server that this module exports',
    },
    watch: {
      flag: '--watch',
      env: 'SERVER_WATCH',
      kind: onOff(),
      default: false,
      description: 'serve the --server module anew when one of its files changes; clients stay connected, and are told',
    },
    sampleToolName: {
      flag: '--sample-tool-name <name>',
      env: 'SAMPLE_TOOL_NAME',
      // The characters that the specification allows (2025-11-25, server/tools, "Tool Names").
      kind: text(/^[A-Za-z0-9_.-]{1,128}$/, 'a tool name: 1 to 128 letters, digits, _, - or .'),
      description: 'offer a sample tool of this name, first in the list',
    },
    apps: {
      flag: '--apps',
      env: 'APPS',
      kind: onOff(),
      default: false,
      description: 'name a panel with calculate, which hosts that know MCP Apps show in the chat',
    },
    minimal: {
      flag: '--minimal',
      env: 'MINIMAL',
      kind: onOff(),
      default: false,
      description: 'offer the smallest build; only with --stateless',
      commands: ['http'],
    },
    historyLimit: {
      flag: '--history-limit <number>',
      env: 'HISTORY_LIMIT',
      kind: integer(1, 10_000),
      default: 50,
      description: 'calculations that a session keeps; the newest stay',
    },
  },
);

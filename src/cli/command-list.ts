import type { Command } from 'commander';

/** A command as the top-level help shows it. Its module is loaded only when it is used. */
export interface CommandEntry {
  readonly name: string;
  /** Argument and options as the list of commands shows them. */
  readonly usage: string;
  readonly summary: string;
  readonly group: 'Serve' | 'Use and examine' | 'Set up';
  load(): Promise<Command>;
}

export const commandList: readonly CommandEntry[] = [
  {
    name: 'stdio',
    usage: '[options]',
    summary: 'serve stdin and stdout, for Claude Desktop and the like',
    group: 'Serve',
    load: async () => (await import('./commands/stdio.js')).stdioCommand(),
  },
  {
    name: 'http',
    usage: '[options]',
    summary: 'serve Streamable HTTP at /mcp, with sessions or --stateless',
    group: 'Serve',
    load: async () => (await import('./commands/http.js')).httpCommand(),
  },
  {
    name: 'sse',
    usage: '[options]',
    summary: 'serve the legacy HTTP+SSE transport at /sse',
    group: 'Serve',
    load: async () => (await import('./commands/sse.js')).sseCommand(),
  },
];

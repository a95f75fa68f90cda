import type { Command } from 'commander';
import { authServerCommand } from './commands/auth-server.js';
import { httpCommand } from './commands/http.js';
import { sseCommand } from './commands/sse.js';
import { stdioCommand } from './commands/stdio.js';

/** A command as the top-level help shows it. What is more than its flags is loaded only when it is used. */
export interface CommandEntry {
  readonly name: string;
  /** Argument and options as the list of commands shows them. */
  readonly usage: string;
  readonly summary: string;
  readonly group: 'Serve' | 'Use and examine' | 'Set up';
  load(): Command | Promise<Command>;
}

export const commandList: readonly CommandEntry[] = [
  {
    name: 'stdio',
    usage: '[options]',
    summary: 'serve stdin and stdout, for Claude Desktop and the like',
    group: 'Serve',
    load: stdioCommand,
  },
  {
    name: 'http',
    usage: '[options]',
    summary: 'serve Streamable HTTP at /mcp, with sessions or --stateless',
    group: 'Serve',
    load: httpCommand,
  },
  {
    name: 'sse',
    usage: '[options]',
    summary: 'serve the legacy HTTP+SSE transport at /sse',
    group: 'Serve',
    load: sseCommand,
  },
  {
    name: 'auth-server',
    usage: '[options]',
    summary: 'run the demo authorization server by itself',
    group: 'Serve',
    load: authServerCommand,
  },
  {
    name: 'client',
    usage: '<verb> [options]',
    summary: 'talk to any MCP server: list, call, read, watch, test',
    group: 'Use and examine',
    load: async () => (await import('./commands/client.js')).clientCommand(),
  },
  {
    name: 'health',
    usage: '[options] [url]',
    summary: 'ask a server whether it is well',
    group: 'Use and examine',
    load: async () => (await import('./commands/health.js')).healthCommand(),
  },
  {
    name: 'doctor',
    usage: '[options]',
    summary: 'find what keeps MCP from working here, or at a server, and how to mend it',
    group: 'Use and examine',
    load: async () => (await import('./commands/doctor.js')).doctorCommand(),
  },
  {
    name: 'config',
    usage: '[options] <host>',
    summary: 'print a ready configuration for Claude, Cursor, VS Code, Zed, Codex and others',
    group: 'Set up',
    load: async () => (await import('./commands/config.js')).configCommand(),
  },
  {
    name: 'completion',
    usage: '<shell>',
    summary: 'print a completion script for bash, zsh or fish',
    group: 'Set up',
    load: async () => (await import('./commands/completion.js')).completionCommand(),
  },
];

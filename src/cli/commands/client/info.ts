import type { Command } from 'commander';
import { translationIn } from '../../../rpc/translated.js';
import { manyLines, oneLine } from '../../../text/harmless.js';
import { actConnected } from './connected.js';
import { clientVerb } from './verb.js';

export function infoCommand(): Command {
  const verb = clientVerb('info', 'show what a server says of itself', [
    ['mcp-calc client info --url http://localhost:1453/mcp', 'versions, capabilities, instructions'],
  ]);
  return actConnected(verb, { most: 0, usage: '' }, async ({ connection, flags, output, goesOn }) => {
    const { describeServer } = await import('../../../client/connection.js');
    const info = describeServer(connection);
    if (flags.json) return output.printJson(info);
    const { server, transport, protocolVersion, era, eraFound, capabilities, instructions } = info;
    const rows: [string, string][] = [
      ['Server', [server?.title ?? server?.name ?? 'nameless', server?.version].filter(Boolean).join(' ')],
      ['Protocol', protocolVersion ?? 'unknown'],
      ['Era', `${era}: ${eraFound}`],
      ['Transport', transport],
      ['Capabilities', capabilityList(capabilities).join(', ') || 'none'],
    ];
    const translation = translationIn(capabilities);
    if (translation !== undefined) rows.push(['Translated', translation]);
    // Of use where it is still there afterwards.
    const { sessionId } = connection;
    if (sessionId !== undefined && (goesOn || flags.keepSession || flags.session !== undefined))
      rows.push(['Session', sessionId]);
    for (const [title, value] of rows) output.print(`${output.colours.bold(title.padEnd(13))} ${oneLine(value)}`);
    if (instructions !== undefined) output.print(`\n${manyLines(instructions)}`);
  });
}

/** `resources (subscribe, listChanged)` */
function capabilityList(capabilities: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(capabilities).map(([name, value]) => {
    const parts = Object.entries((value ?? {}) as Record<string, unknown>)
      .filter(([, on]) => on !== false)
      .map(([part]) => part);
    return parts.length === 0 ? name : `${name} (${parts.join(', ')})`;
  });
}

export function pingCommand(): Command {
  const verb = clientVerb('ping', 'ask a server for a sign of life', [
    ['mcp-calc client ping --url http://localhost:1453/mcp', 'the milliseconds that the answer took'],
  ]);
  return actConnected(verb, { most: 0, usage: '' }, async ({ connection, extras, flags, output }) => {
    const { ping } = await import('../../../client/calls.js');
    const ms = Math.round((await ping(connection, extras)) * 10) / 10;
    if (flags.json) output.printJson({ ms });
    else output.print(`${output.colours.green('✓')} answered in ${ms} ms`);
  });
}

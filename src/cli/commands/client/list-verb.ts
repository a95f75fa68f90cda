import type { Command } from 'commander';
import type { Connection, RequestExtras } from '../../../client/connection.js';
import type { Example } from '../../help.js';
import { renderTable } from '../../table.js';
import type { TableColumn } from '../../table.js';
import { actConnected } from './connected.js';
import { clientVerb } from './verb.js';

interface ListVerb<Item> {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly Example[];
  /** The name of the list in the protocol's result, and in the JSON that is printed. */
  readonly key: string;
  /** What a server declares that has the list. */
  readonly capability: 'tools' | 'resources' | 'prompts';
  readonly columns: readonly TableColumn<Item>[];
  load(connection: Connection, extras: RequestExtras): Promise<Item[]>;
}

/** A verb that prints a list: a table that fits the terminal, or JSON. */
export function listVerb<Item>({ name, summary, examples, key, capability, columns, load }: ListVerb<Item>): Command {
  return actConnected(
    clientVerb(name, summary, examples),
    { most: 0, usage: '' },
    async ({ connection, extras, flags, output }) => {
      const items = await load(connection, extras);
      if (flags.json) return output.printJson({ [key]: items });
      if (!connection.offers(capability)) return output.note(`This server offers no ${name}.`);
      if (items.length === 0) return output.note(`The server has no ${name}.`);
      const style = (title: string): string => output.colours.bold(title);
      for (const line of renderTable(items, { columns, width: output.width(), style, stacks: true }))
        output.print(line);
    },
  );
}

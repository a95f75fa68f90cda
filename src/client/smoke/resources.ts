import { readResource } from '../calls.js';
import { expectError, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault } from './report.js';
import { walkList } from './walk.js';
import { RPC } from '../../rpc/errors.js';

const GROUP = 'resources';
/** Resources that are read at most. */
const READS = 200;

/** Lists resources and templates, and reads every resource. */
export async function checkResources(context: SmokeContext): Promise<void> {
  if (!context.offers('resources')) return;
  const { connection, recorder, extras } = context;
  const resources = await walkList(context, { group: GROUP, method: 'resources/list', key: 'resources', id: 'uri' });
  for (const { uri } of resources.slice(0, READS)) {
    await recorder.check(
      GROUP,
      `read ${String(uri)}`,
      async () => {
        const { contents } = await readResource(connection, String(uri), extras);
        if (contents.length === 0) throw new Fault('the result holds nothing');
        return contents;
      },
      (contents) => contents.map((part) => part.mimeType ?? 'no type').join(', '),
    );
  }
  await walkList(context, {
    group: GROUP,
    method: 'resources/templates/list',
    key: 'resourceTemplates',
    id: 'uriTemplate',
  });
}

/** resources, "Error Handling". */
export async function checkResourceErrors({ connection, recorder, extras, offers }: SmokeContext): Promise<void> {
  if (!offers('resources')) return;
  const code = connection.era === 'modern' ? RPC.invalidParams : RPC.resourceNotFound;
  await recorder.check('errors', `an unknown resource is ${code}`, () =>
    expectError([code], () =>
      rawRequest(connection, 'resources/read', { uri: 'no-such-scheme://no/such/resource' }, extras),
    ),
  );
}

import { specTypeSchemas } from '@modelcontextprotocol/client';
import { readResource } from '../calls.js';
import { expectError, firstIssue, rawRequest } from './check.js';
import type { SmokeContext } from './check.js';
import { Fault, Warning } from './report.js';
import { walkList } from './walk.js';
import { RPC } from '../../rpc/errors.js';

const GROUP = 'resources';
/** Resources that are read at most. */
const READS = 200;

/**
 * Lists resources and templates, and reads every resource. One that is listed and can't be read is a failure, one that holds nothing
 * a warning: no revision forbids it, and it helps nobody.
 */
export async function checkResources(context: SmokeContext): Promise<void> {
  if (!context.offers('resources')) return;
  const { connection, recorder, extras } = context;
  const resources = await walkList(context, { group: GROUP, method: 'resources/list', key: 'resources', id: 'uri' });
  for (const resource of resources.slice(0, READS)) {
    await recorder.check(
      GROUP,
      `read ${String(resource.uri)}`,
      async () => {
        const parsed = specTypeSchemas.Resource['~standard'].validate(resource);
        if (parsed.issues !== undefined) throw new Fault(`its declaration is wrong: ${firstIssue(parsed.issues)}`);
        const { contents } = await readResource(connection, parsed.value.uri, extras);
        if (contents.length === 0) throw new Warning('the result holds nothing');
        return contents;
      },
      (contents) => contents.map((part) => part.mimeType ?? 'no type').join(', '),
    );
  }
  const templates = await walkList(context, {
    group: GROUP,
    method: 'resources/templates/list',
    key: 'resourceTemplates',
    id: 'uriTemplate',
    optional: true,
  });
  for (const template of templates) {
    await recorder.check(GROUP, `declare ${String(template.uriTemplate)}`, () => {
      const { issues } = specTypeSchemas.ResourceTemplate['~standard'].validate(template);
      if (issues !== undefined) throw new Fault(firstIssue(issues));
      return Promise.resolve();
    });
  }
}

/**
 * -32002 SHOULD be the code in the legacy era (resources, "Error Handling"), and SDKs answer with -32602; but servers MUST validate all
 * URIs ("Security Considerations"). In the modern era they MUST answer -32602, and MUST NOT with empty contents.
 */
export async function checkResourceErrors({ connection, recorder, extras, offers }: SmokeContext): Promise<void> {
  if (!offers('resources')) return;
  const isModern = connection.era === 'modern';
  const code = isModern ? RPC.invalidParams : RPC.resourceNotFound;
  const isEmpty = (result: Record<string, unknown>): boolean =>
    Array.isArray(result.contents) && result.contents.length === 0;
  await recorder.check('errors', `an unknown resource is ${code}`, () =>
    expectError(
      code,
      () => rawRequest(connection, 'resources/read', { uri: 'no-such-scheme://no/such/resource' }, extras),
      (result) => (!isModern && (result === undefined || isEmpty(result)) ? Warning : Fault),
    ),
  );
}
